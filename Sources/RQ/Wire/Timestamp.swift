import Glibc

/// A moment, in the two forms in which RQ writes moments.
///
/// - `utcISO`: `2026-11-23T08:46:39.836231Z`, always six digits and `Z`; in the hashes of
///   jobs, workers and schedulers. Readers also take it without a fraction.
/// - `epochText`: `1795423615.926432`, a Python float; in executions, results, `first_seen`
///   and the sorted sets of `rq cron`.
///
/// Unit: microseconds since 1970-01-01T00:00:00Z. Range: years 1 to 9999.
///
/// Source: RQ 3.0.0, `rq/utils.py`, `utcformat` and `utcparse`.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
    public let microseconds: Int

    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z, as Python's `datetime` has it.
    static let range = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A moment from microseconds since 1970; what is outside the range becomes its end.
    public init(microseconds: Int) {
        self.microseconds = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// A moment from whole seconds since 1970; what is outside the range becomes its end.
    public init(epochSeconds: Int) {
        let (product, overflow) = epochSeconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: overflow ? (epochSeconds < 0 ? .min : .max) : product)
    }

    /// The wall clock.
    public static func now() -> Timestamp {
        var time = timespec()
        let result = clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "the real-time clock can always be read")
        return Timestamp(microseconds: time.tv_sec * 1_000_000 + time.tv_nsec / 1000)
    }

    /// Reads `2026-11-23T08:46:39.836231Z`, with one to six digits of fraction or none.
    ///
    /// - Parameters:
    ///   - text: the bytes of a field.
    ///   - field: what the error calls it.
    /// - Throws: `WireError` for any other form and for a date that does not exist.
    public init(utcISO text: [UInt8], field: String) throws(WireError) {
        guard let moment = Self.parse(utcISO: text) else {
            throw WireError(
                field: field, expected: "a time such as 2026-11-23T08:46:39.836231Z", found: text)
        }
        self = moment
    }

    /// Reads seconds since 1970 as Python prints a float, rounded to a microsecond.
    ///
    /// - Parameters:
    ///   - text: the bytes of a field, for example `1795423615.926432`.
    ///   - field: what the error calls it.
    /// - Throws: `WireError` for what is not a finite number within the years 1 to 9999.
    public init(epochText text: [UInt8], field: String) throws(WireError) {
        func wrong() -> WireError {
            WireError(
                field: field, expected: "seconds since 1970 such as 1795423615.926432", found: text)
        }
        guard let seconds = PythonFloat.parse(text), seconds.isFinite,
            let whole = Int(exactly: seconds.rounded(.towardZero)), whole.magnitude < 1 << 40
        else { throw wrong() }
        // The fraction on its own, as Python does it: the product of the whole would round twice.
        let fraction = (seconds - Double(whole)) * 1e6
        let micros = whole * 1_000_000 + Int(fraction.rounded(.toNearestOrEven))
        guard Self.range ~= micros else { throw wrong() }
        microseconds = micros
    }

    /// `2026-11-23T08:46:39.836231Z`.
    public var utcISO: [UInt8] {
        let time = CivilTime(epochSeconds: epochSeconds)
        var text: [UInt8] = []
        text.reserveCapacity(27)
        Self.append(time.year, digits: 4, to: &text)
        for (mark, part) in [
            ("-", time.month), ("-", time.day), ("T", time.hour), (":", time.minute),
            (":", time.second),
        ] {
            text += mark.utf8
            Self.append(part, digits: 2, to: &text)
        }
        text.append(UInt8(ascii: "."))
        Self.append(microseconds - epochSeconds * 1_000_000, digits: 6, to: &text)
        text.append(UInt8(ascii: "Z"))
        return text
    }

    /// Seconds since 1970 as Python prints a float: `1795423615.926432`, `1795423615.0`.
    public var epochText: [UInt8] {
        Array(PythonFloat.text(Double(microseconds) / 1e6).utf8)
    }

    /// Whole seconds since 1970, rounded down; RQ's scores are made of these.
    public var epochSeconds: Int {
        let seconds = microseconds / 1_000_000
        return microseconds < seconds * 1_000_000 ? seconds - 1 : seconds
    }

    /// The same text as `utcISO`.
    public var description: String { String(decoding: utcISO, as: UTF8.self) }

    /// Earlier is less.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// A later moment, or an earlier one for a negative span; whole microseconds.
    public static func + (moment: Timestamp, span: Duration) -> Timestamp {
        let (seconds, attoseconds) = span.components
        let micros = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        return Timestamp(microseconds: moment.microseconds + micros)
    }

    /// The span from `right` to `left`, negative when `left` is earlier.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }

    private static func parse(utcISO text: [UInt8]) -> Timestamp? {
        // 0123456789012345678 9
        // 2026-11-23T08:46:39[.836231]Z
        guard text.count >= 20, text.count <= 27, text.last == UInt8(ascii: "Z") else { return nil }
        for (index, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
            guard text[index] == mark.utf8.first else { return nil }
        }
        guard let year = number(text[0..<4]), let month = number(text[5..<7]),
            let day = number(text[8..<10]), let hour = number(text[11..<13]),
            let minute = number(text[14..<16]), let second = number(text[17..<19]),
            let time = CivilTime(year, month, day, hour, minute, second)
        else { return nil }

        let fraction = text[19..<(text.count - 1)]
        guard let mark = fraction.first else { return Timestamp(epochSeconds: time.epochSeconds) }
        guard mark == UInt8(ascii: "."), var micros = number(fraction.dropFirst()) else {
            return nil
        }
        for _ in fraction.count..<7 { micros *= 10 }
        return Timestamp(microseconds: time.epochSeconds * 1_000_000 + micros)
    }

    /// Digits only, at least one.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return digits.isEmpty ? nil : value
    }

    private static func append(_ value: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
