/// How long a job may run.
///
/// On the wire: the field `timeout` of `rq:job:<id>`, whole seconds in ASCII decimal, or
/// digits with one of `d h m s` after them (`1h`). Absent, empty or zero means RQ's default
/// of 180 seconds. Negative means no limit; RQ users write -1. More than 317 years are that.
///
/// Source: RQ 3.0.0, `rq/utils.py`, `parse_timeout`; `rq/job.py`, `Job.restore`;
/// `rq/worker/base.py`, the death penalty of `perform_job`.
public enum JobTimeout: Hashable, Sendable {
    /// Stopped after this span, at least one second.
    case after(Duration)
    /// Never stopped.
    case never

    /// The longest span that is kept anywhere, in seconds: 317 years.
    ///
    /// Redis takes no `1e300` for the life of a key, and Python no moment after the year 9999.
    static let mostSeconds = 10_000_000_000

    /// What a job without the field gets: 180 seconds.
    public static let standard = JobTimeout.after(.seconds(180))

    /// Reads the field.
    ///
    /// - Parameter field: the bytes, or nil when the hash has no `timeout`.
    /// - Throws: `WireError` when the text is not one of the forms above.
    public init(field: [UInt8]?) throws(WireError) {
        guard let field, !field.isEmpty else {
            self = .standard
            return
        }
        guard let seconds = PythonInteger.parse(field) ?? Self.secondsWithUnit(field) else {
            throw WireError(
                field: "timeout", expected: "whole seconds, or digits with d, h, m or s",
                found: field)
        }
        switch seconds {
        case 0: self = .standard
        case ..<0: self = .never
        default: self = .after(.seconds(min(seconds, Self.mostSeconds)))
        }
    }

    /// The field as RQ writes it: whole seconds, or -1.
    public var bytes: [UInt8] {
        switch self {
        case .after(let span): Array(String(span.components.seconds).utf8)
        case .never: Array("-1".utf8)
        }
    }

    private static func secondsWithUnit(_ text: [UInt8]) -> Int? {
        guard let unit = text.last, let count = PythonInteger.parse(text.dropLast()) else {
            return nil
        }
        let seconds: Int? =
            switch unit {
            case UInt8(ascii: "d"), UInt8(ascii: "D"): 86_400
            case UInt8(ascii: "h"), UInt8(ascii: "H"): 3600
            case UInt8(ascii: "m"), UInt8(ascii: "M"): 60
            case UInt8(ascii: "s"), UInt8(ascii: "S"): 1
            default: nil
            }
        guard let seconds else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: seconds)
        return overflow ? nil : product
    }
}
