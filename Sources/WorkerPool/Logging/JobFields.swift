import Logging

/// What every log line about one job says of it.
///
/// Made once when the job is claimed; the metadata is built once too, because each line that the
/// job prints carries it.
struct JobFields: Sendable {
    /// The name of the queue that the job came from.
    let queue: String
    /// The job's id, as enqueued.
    let id: String
    /// The id of this execution, 32 hexadecimal digits; empty when there is none.
    let execution: String
    /// The function's dotted name, for example `app.tasks.send`; nil while the job's data is not
    /// decoded, or cannot be.
    let function: String?
    /// The call as RQ describes it, for example `app.add(1, 2)`; nil when descriptions are not to be
    /// logged, and then the id stands in its place.
    let description: String?

    /// The fields for the journal: queue, job, execution, function.
    let metadata: Logger.Metadata
    /// The fields for a line of text: queue and job only, to keep the line short.
    let shortMetadata: Logger.Metadata

    /// Describes a job.
    ///
    /// - Parameters:
    ///   - queue: the name of its queue.
    ///   - id: its id.
    ///   - execution: the id of this execution.
    ///   - function: the function's dotted name, if it is known.
    ///   - description: the call as RQ describes it, or nil to log the id alone. It is cut at
    ///     `longestDescription` bytes.
    init(queue: String, id: String, execution: String, function: String?, description: String?) {
        self.queue = queue
        self.id = id
        self.execution = execution
        self.function = function
        self.description = description.map(Self.cut)
        var short: Logger.Metadata = ["RQ_QUEUE": .string(queue), "RQ_JOB_ID": .string(id)]
        shortMetadata = short
        if !execution.isEmpty { short["RQ_EXECUTION"] = .string(execution) }
        if let function { short["RQ_FUNC"] = .string(Self.cut(function)) }
        metadata = short
    }

    /// The longest description that is logged, in bytes; RQ writes all arguments into it.
    static let longestDescription = 1024

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > longestDescription else { return text }
        let end = text.utf8.index(text.startIndex, offsetBy: longestDescription - 3)
        return text[..<end] + "…"
    }
}
