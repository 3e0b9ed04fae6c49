import CLinux
import Glibc

/// How a horse's process ended, from its raw wait status.
struct HorseEnding: Equatable, CustomStringConvertible {
    /// As `waitpid` reports it.
    let waitStatus: Int32
    /// Its process, 0 if that is not known.
    var pid: Int32 = 0
    /// What it used, as the numbers of getrusage(2) with blanks between; "" if nobody asked.
    var usage = ""

    /// The status with which a horse says that its outcome could not be delivered.
    static let unreported: Int32 = 83

    /// True when the process was ended by a signal.
    var isKilled: Bool { rqd_signaled(waitStatus) != 0 }

    /// The signal that ended it; nil if none did.
    var signal: Int32? { isKilled ? rqd_term_signal(waitStatus) : nil }

    /// In words: `it was killed by SIGKILL (signal 9)`, `it exited with status 7`.
    var description: String {
        guard isKilled else {
            let code = rqd_exit_code(waitStatus)
            if code == Self.unreported {
                return "the job closed the descriptors it had inherited, its outcome was lost"
            }
            return "it exited with status \(code)"
        }
        let signal = rqd_term_signal(waitStatus)
        let name = Self.names[signal] ?? (signal >= 34 ? "SIGRTMIN+\(signal - 34)" : "signal")
        return "it was killed by \(name) (signal \(signal))"
    }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL",
        SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
        SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1", SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2",
        SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU",
        SIGXFSZ: "SIGXFSZ", SIGVTALRM: "SIGVTALRM", SIGPROF: "SIGPROF", SIGSYS: "SIGSYS",
    ]
}
