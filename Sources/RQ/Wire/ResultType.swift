/// What a result entry records: the field `type` of `rq:results:<id>`, a number.
///
/// Source: RQ 3.0.0, `rq/results.py`, `Result.Type`; 2.6 has no 5, 1.16 ends at 3.
public enum ResultType: Hashable, Sendable {
    /// 1: the function returned.
    case successful
    /// 2: it raised, timed out, was stopped, or its process died.
    case failed
    /// 3: known to every RQ and written by none.
    case stopped
    /// 4: it returned a `Retry` and runs again.
    case retried
    /// 5: it returned a `Retry` once too often.
    case maxRetriesExceeded
    /// A number this list does not have.
    case unknown(Int)

    /// From the number on the wire.
    public init(number: Int) {
        switch number {
        case 1: self = .successful
        case 2: self = .failed
        case 3: self = .stopped
        case 4: self = .retried
        case 5: self = .maxRetriesExceeded
        default: self = .unknown(number)
        }
    }

    /// The number on the wire.
    public var number: Int {
        switch self {
        case .successful: 1
        case .failed: 2
        case .stopped: 3
        case .retried: 4
        case .maxRetriesExceeded: 5
        case .unknown(let number): number
        }
    }
}
