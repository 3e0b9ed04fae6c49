/// What a worker is doing: the field `state` of its hash.
///
/// Source: RQ 3.0.0, `rq/worker/base.py`, `WorkerStatus` and its uses.
public enum WorkerActivity: Hashable, Sendable, CustomStringConvertible {
    /// Registered, not yet looking for work.
    case started
    /// Waits for a job.
    case idle
    /// Runs a job.
    case busy
    /// Takes no jobs while `rq:suspended` exists.
    case suspended
    /// A word this list does not have.
    case unknown(String)

    /// From the word on the wire.
    public init(word: String) {
        switch word {
        case "started": self = .started
        case "idle": self = .idle
        case "busy": self = .busy
        case "suspended": self = .suspended
        default: self = .unknown(word)
        }
    }

    /// The word on the wire.
    public var description: String {
        switch self {
        case .started: "started"
        case .idle: "idle"
        case .busy: "busy"
        case .suspended: "suspended"
        case .unknown(let word): word
        }
    }
}
