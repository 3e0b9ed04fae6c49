/// Sizes as an operator writes them: `512M`, `2G`; units of 1024.
enum SizeText {
    private static let units: [(name: Character, bytes: Int)] = [
        ("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10),
    ]

    /// Reads a size; a number without a unit is in bytes.
    ///
    /// - Returns: nil if it is anything else, or more than can be counted.
    static func bytes(_ text: some StringProtocol) -> Int? {
        let unit = units.first { $0.name == text.last }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        return isTooMuch ? nil : bytes
    }

    /// Writes a size in the largest unit that is exact.
    static func text(_ bytes: Int) -> String {
        let unit = units.first { bytes > 0 && bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes)"
    }

    /// Writes a size for a sentence, rounded to a tenth: `512 MiB`, `511.8 MiB`.
    static func sentence(_ bytes: Int) -> String {
        let unit = units.first { bytes >= $0.bytes } ?? ("K", 1 << 10)
        let tenths = (bytes * 10 + unit.bytes / 2) / unit.bytes
        let fraction = tenths % 10 == 0 ? "" : ".\(tenths % 10)"
        return "\(tenths / 10)\(fraction) \(unit.name)iB"
    }
}
