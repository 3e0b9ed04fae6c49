/// What a worker is told on its channel `rq:pubsub:<name>`: a JSON object of text.
///
/// Source: RQ 3.0.0, `rq/command.py`; 2.12 and earlier have no `stop-execution`.
public enum WorkerCommand: Hashable, Sendable {
    /// Stop: finish the running job, take no other.
    case shutdown
    /// Kill the running job's process; the job then fails or is retried.
    case killHorse
    /// Stop the running job if it is this one.
    case stopJob(JobID)
    /// Stop this run of this job and no other (RQ 3).
    case stopExecution(JobID, ExecutionID)
    /// A command this list does not have; RQ ignores those.
    case unknown(String)

    /// Reads a message.
    ///
    /// - Parameter payload: the message as published.
    /// - Throws: `WireError` when it is not a JSON object with a `command`, or lacks the ids
    ///   its command needs.
    public init(payload: [UInt8]) throws(WireError) {
        guard let message = JSON(payload)?.object, let command = message["command"]?.string else {
            throw WireError(
                field: "worker command", expected: "a JSON object with a command", found: payload)
        }
        switch command {
        case "shutdown": self = .shutdown
        case "kill-horse": self = .killHorse
        case "stop-job":
            guard let job = message["job_id"]?.string else {
                throw WireError(
                    field: "worker command stop-job", expected: "a job_id", found: payload)
            }
            self = .stopJob(JobID(job))
        case "stop-execution":
            guard let job = message["job_id"]?.string, let run = message["execution_id"]?.string
            else {
                throw WireError(
                    field: "worker command stop-execution",
                    expected: "a job_id and an execution_id", found: payload)
            }
            self = .stopExecution(JobID(job), ExecutionID(run))
        default: self = .unknown(command)
        }
    }

    /// The message, byte for byte as RQ publishes it.
    public var payload: [UInt8] {
        let members: [(String, String)] =
            switch self {
            case .shutdown: [("command", "shutdown")]
            case .killHorse: [("command", "kill-horse")]
            case .stopJob(let job): [("command", "stop-job"), ("job_id", job.description)]
            case .stopExecution(let job, let run):
                [
                    ("command", "stop-execution"), ("job_id", job.description),
                    ("execution_id", run.description),
                ]
            case .unknown(let name): [("command", name)]
            }
        let text = members.map { "\(JSON.quoted($0)): \(JSON.quoted($1))" }
        return Array("{\(text.joined(separator: ", "))}".utf8)
    }
}
