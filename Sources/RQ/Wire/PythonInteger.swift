/// Whole numbers as Python's `int` reads them from ASCII text.
enum PythonInteger {
    /// An optional sign and digits, with blanks around them; nil for anything else and for
    /// what does not fit in 64 bits.
    static func parse(_ text: some Collection<UInt8>) -> Int? {
        let trimmed = trim(Array(text))
        guard let first = trimmed.first else { return nil }
        let hasSign = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let digits = hasSign ? trimmed.dropFirst() : trimmed
        guard !digits.isEmpty, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        return Int(String(decoding: trimmed, as: UTF8.self))
    }

    /// Without the blanks that Python ignores around a number.
    static func trim(_ text: [UInt8]) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
        var trimmed = text[...].drop(while: isBlank)
        while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
        return trimmed
    }
}
