/// Durations as an operator writes them: `30s`, `5m`, `2h`, `1m30s`, `500ms`.
enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Reads a duration; a number without a unit is in seconds.
    ///
    /// - Parameter text: numbers with units, spaces allowed between them.
    /// - Returns: nil if it is anything else, or too long to count.
    static func duration(_ text: String) -> Duration? {
        if let seconds = wholeNumber(text) { return .seconds(seconds) }
        var rest = text[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count).drop { $0 == " " }
            guard let number = Int64(digits),
                let unit = units.first(where: { $0.name == name })
            else { return nil }
            let (part, isTooLong) = number.multipliedReportingOverflow(by: unit.milliseconds)
            let (sum, isTooMuch) = total.addingReportingOverflow(part)
            guard !isTooLong, !isTooMuch else { return nil }
            total = sum
        }
        return text.isEmpty ? nil : .milliseconds(total)
    }

    /// Reads a whole number without a sign.
    private static func wholeNumber(_ text: String) -> Int64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int64(text) : nil
    }

    /// Writes a duration with as few units as are exact, for example `1m30s`.
    ///
    /// - Parameter duration: zero or more; what is below a millisecond is left out.
    /// - Returns: what `duration(_:)` reads as the same.
    static func text(_ duration: Duration) -> String {
        let parts = duration.components
        var rest = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
