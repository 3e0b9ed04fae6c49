import CLinux
import Glibc

/// Why no child was made.
enum ForkError: Error, Equatable, CustomStringConvertible {
    /// This process has more than one thread: a forked child would inherit their
    /// locks and buffers, but not the threads that would release them.
    case threads(count: Int)
    /// A call failed, `fork` itself as a rule.
    case system(SystemCallError)

    /// One line for the journal.
    var description: String {
        switch self {
        case .threads(let count):
            "will not fork: this process has \(count) threads and must have one"
        case .system(let error): error.description
        }
    }
}

/// The only place that forks.
///
/// What a child does, in which order and why: `docs/FORK-SAFETY.md`.
enum Fork {
    /// Makes a child that runs `body` and ends with the code it returns.
    ///
    /// - Parameters:
    ///   - title: the child's process title.
    ///   - keeping: the descriptors that stay open in the child besides 0, 1 and 2.
    ///   - body: what the child does; it runs in the child only and never returns here.
    /// - Returns: the child's pid, in the parent only.
    /// - Throws: `ForkError.threads` in a process that must not fork; no child was made then.
    static func child(
        title: String, keeping: [Int32], _ body: () -> Int32
    ) throws(ForkError) -> pid_t {
        let threads = try threadCount()
        guard threads == 1 else { throw .threads(count: threads) }

        // What stdio still holds would be written twice, once by each process.
        fflush(nil)
        let parent = getpid()
        // No handler of the parent's may run in the child before it has its own.
        let before = SignalMask.everything.apply()
        let pid = fork()
        if pid == 0 {
            becomeChild(of: parent, title: title, keeping: keeping)
            let code = body()
            fflush(nil)
            _exit(code)
        }
        let failure = SystemCallError.last("fork", title)
        before.apply()
        guard pid > 0 else { throw .system(failure) }
        // The child does the same; whoever comes second finds it done.
        setpgid(pid, pid)
        return pid
    }

    /// How many threads this process has.
    static func threadCount() throws(ForkError) -> Int {
        guard let directory = opendir("/proc/self/task") else {
            throw .system(.last("opendir", "/proc/self/task"))
        }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count
    }

    /// Turns the copy of the parent into a process of its own.
    private static func becomeChild(of parent: pid_t, title: String, keeping: [Int32]) {
        setpgid(0, 0)
        rqd_set_parent_death_signal(SIGKILL)
        // A parent that died before the line above sends no signal any more.
        guard getppid() == parent else { _exit(EX_OSERR) }
        for number in 1..<65 { signal(Int32(number), SIG_DFL) }
        SignalMask.nothing.apply()
        closeDescriptors(except: keeping)
        // The service manager listens to the master alone.
        for variable in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { unsetenv(variable) }
        ProcessTitle.set(title)
    }

    /// Closes all but 0, 1, 2 and `keeping`, range by range.
    private static func closeDescriptors(except keeping: [Int32]) {
        for gap in gaps(between: keeping) {
            guard rqd_close_range(gap.lowerBound, gap.upperBound) == 0 else {
                let error = SystemCallError.last("close_range", "\(gap)")
                let line = "rqd: \(error)\n"
                _ = line.withCString { write(2, $0, strlen($0)) }
                _exit(EX_OSERR)
            }
        }
    }

    /// The ranges of descriptor numbers that are neither 0, 1, 2 nor in `keeping`.
    static func gaps(between keeping: [Int32]) -> [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 3
        for kept in keeping.filter({ $0 >= 3 }).map(UInt32.init).sorted() {
            if kept > next { gaps.append(next...(kept - 1)) }
            next = max(next, kept + 1)
        }
        gaps.append(next...UInt32.max)
        return gaps
    }

    /// The exit status of a child that the operating system left in the lurch (`sysexits.h`).
    private static let EX_OSERR: Int32 = 71
}
