/// Floats as Python's `repr` prints them and `float` reads them.
///
/// Both Python and Swift print the shortest digits that read back as the same number. They
/// differ in when they use an exponent: Python does from 1e16 on and below 1e-4.
enum PythonFloat {
    /// `1795423615.926432`, `1795423615.0`, `1e-06`, `1e+16`, `inf`, `-inf`, `nan`.
    static func text(_ value: Double) -> String {
        guard value.isFinite else {
            return value.isNaN ? "nan" : (value < 0 ? "-inf" : "inf")
        }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, point) = decimal(value.magnitude)
        let count = digits.count
        if point > 16 || point < -3 {
            let exponent = point - 1
            let size = String(exponent.magnitude)
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            return sign + digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+")
                + (size.count < 2 ? "0" : "") + size
        }
        if point <= 0 {
            return sign + "0." + String(repeating: "0", count: -point) + digits
        }
        if point >= count {
            return sign + digits + String(repeating: "0", count: point - count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// A decimal number with an optional fraction and exponent, `inf` or `nan`; otherwise nil.
    static func parse(_ text: [UInt8]) -> Double? {
        let trimmed = PythonInteger.trim(text)
        let body = trimmed.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let word = String(decoding: body, as: UTF8.self).lowercased()
        let isNumber = body.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.eE".utf8.contains(byte)
        }
        guard isNumber || ["inf", "infinity", "nan"].contains(word) else { return nil }
        return Double(String(decoding: trimmed, as: UTF8.self))
    }

    /// The shortest digits of a positive number, and where its decimal point stands in them.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let whole = mantissa[0]
        let digits = whole + (mantissa.count > 1 ? mantissa[1] : "")
        let leadingZeros = digits.prefix { $0 == "0" }.count
        var shortest = digits.dropFirst(leadingZeros)
        while shortest.last == "0" { shortest.removeLast() }
        guard !shortest.isEmpty else { return ("0", 1) }
        return (String(shortest), whole.count - leadingZeros + exponent)
    }
}
