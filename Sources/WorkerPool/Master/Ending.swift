import CLinux

/// How a child process ended.
enum Ending: Equatable, Sendable, CustomStringConvertible {
    /// It left with this status, 0 to 255.
    case exited(code: Int32)
    /// This signal ended it.
    case killed(signal: Int32)

    /// Reads what `waitpid` reports of a child that is gone.
    ///
    /// - Parameter status: the raw wait status, of a child that neither stopped nor continued.
    init(waitStatus status: Int32) {
        if rqd_signaled(status) != 0 {
            self = .killed(signal: rqd_term_signal(status))
        } else {
            self = .exited(code: rqd_exit_code(status))
        }
    }

    /// For the log: `exit status 1`, `signal SEGV`.
    var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .killed(let signal): "signal \(SignalName.of(signal))"
        }
    }
}
