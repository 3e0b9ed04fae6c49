/// Where a job stands: the field `status` of its hash.
///
/// A job without the field counts as `created`. A word that no RQ knows is kept, because
/// Python's readers raise on it and ours must not.
///
/// Source: RQ 3.0.0, `rq/job.py`, `JobStatus`; 2.12 and earlier have no `rate_limited` and
/// no `ready_to_enqueue`, 1.16 has no `created`.
public enum JobStatus: Hashable, Sendable, CustomStringConvertible {
    /// Made, not yet in any queue or registry.
    case created
    /// In its queue's list.
    case queued
    /// A worker has it.
    case started
    /// Returned.
    case finished
    /// Raised, timed out, or its process died.
    case failed
    /// Stopped by a command; also listed among the failed.
    case stopped
    /// Waits for other jobs.
    case deferred
    /// Waits for a time.
    case scheduled
    /// Taken back by somebody.
    case canceled
    /// Waits for a slot of its rate limit (RQ 3).
    case rateLimited
    /// Its dependencies are met; about to be queued (RQ 3).
    case readyToEnqueue
    /// A word this list does not have.
    case unknown(String)

    private static let words: [(JobStatus, String)] = [
        (.created, "created"), (.queued, "queued"), (.started, "started"),
        (.finished, "finished"), (.failed, "failed"), (.stopped, "stopped"),
        (.deferred, "deferred"), (.scheduled, "scheduled"), (.canceled, "canceled"),
        (.rateLimited, "rate_limited"), (.readyToEnqueue, "ready_to_enqueue"),
    ]

    /// Reads the field; nil and empty mean `created`.
    public init(field: [UInt8]?) {
        guard let field, !field.isEmpty else {
            self = .created
            return
        }
        let text = String(decoding: field, as: UTF8.self)
        self = Self.words.first { $0.1 == text }?.0 ?? .unknown(text)
    }

    /// The word on the wire.
    public var description: String {
        if case .unknown(let word) = self { return word }
        return Self.words.first { $0.0 == self }?.1 ?? "created"
    }

    /// The word on the wire as bytes.
    public var bytes: [UInt8] { Array(description.utf8) }
}
