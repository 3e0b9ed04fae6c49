/// What the stack of a job's process is wanted for.
enum StackUse: Equatable {
    /// The job runs longer than the pool's `slowlog`.
    case slow
    /// Somebody wants to know.
    case asked
    /// The job has outlived its timeout and the grace; it is killed next.
    case timeout
    /// The job has outlived `stop_timeout`; it is asked to end next, then killed.
    case stop

    /// Why the job is about to be killed.
    var reason: String {
        switch self {
        case .slow: "slowlog has passed"
        case .asked: "somebody has asked"
        case .timeout: "its timeout and timeout_grace have passed"
        case .stop: "stop_timeout has passed"
        }
    }
}
