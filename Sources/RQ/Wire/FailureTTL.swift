/// How long a failed job's hash and results stay in Redis.
///
/// On the wire: the field `failure_ttl` of `rq:job:<id>`, whole seconds in ASCII decimal.
/// Absent or empty means one year. Zero means delete at once. Negative means never expire;
/// RQ users write -1, and the score in the failed registry is then literally -1.
///
/// Source: RQ 3.0.0, `rq/registry.py`, `FailedJobRegistry.add`; `rq/defaults.py`.
public enum FailureTTL: Hashable, Sendable {
    /// The job does not say; `standard` holds.
    case unset
    /// Deleted as soon as it has failed.
    case discard
    /// Expires after this span, at least one second.
    case keep(Duration)
    /// Stays until somebody deletes it.
    case forever

    /// What a job without the field gets: 365 days, 31,536,000 seconds.
    public static let standard = FailureTTL.keep(.seconds(31_536_000))

    /// Reads the field.
    ///
    /// - Parameter field: the bytes, or nil when the hash has no `failure_ttl`.
    /// - Throws: `WireError` when the text is not a whole number.
    public init(field: [UInt8]?) throws(WireError) {
        guard let seconds = try FieldList.seconds(field, of: "failure_ttl") else {
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
