/// How long a finished job's hash and results stay in Redis.
///
/// On the wire: the field `result_ttl` of `rq:job:<id>`, whole seconds in ASCII decimal.
/// Absent or empty means the worker's default (500). Zero means delete at once, and nothing
/// is written to the finished registry. Negative means never expire; RQ users write -1, and
/// the score in the finished registry is then `+inf`.
///
/// Source: RQ 3.0.0, `rq/job.py`, `Job.get_result_ttl` and `Job.cleanup`.
public enum ResultTTL: Hashable, Sendable {
    /// The job does not say; the worker's default holds.
    case unset
    /// Deleted as soon as it has finished.
    case discard
    /// Expires after this span, at least one second.
    case keep(Duration)
    /// Stays until somebody deletes it.
    case forever

    /// What `rq worker` uses without `--results-ttl`: 500 seconds.
    public static let standard = ResultTTL.keep(.seconds(500))

    /// Reads the field.
    ///
    /// - Parameter field: the bytes, or nil when the hash has no `result_ttl`.
    /// - Throws: `WireError` when the text is not a whole number.
    public init(field: [UInt8]?) throws(WireError) {
        guard let seconds = try FieldList.seconds(field, of: "result_ttl") else {
            self = .unset
            return
        }
        self.init(seconds: seconds)
    }

    /// From whole seconds: zero discards, a negative number keeps forever; more than 317 years
    /// are that.
    public init(seconds: Int) {
        switch seconds {
        case 0: self = .discard
        case ..<0: self = .forever
        default: self = .keep(.seconds(min(seconds, JobTimeout.mostSeconds)))
        }
    }

    /// Whole seconds as RQ counts them: 0 discards, -1 keeps forever, nil is unset.
    public var seconds: Int? {
        switch self {
        case .unset: nil
        case .discard: 0
        case .keep(let span): Int(span.components.seconds)
        case .forever: -1
        }
    }
}
