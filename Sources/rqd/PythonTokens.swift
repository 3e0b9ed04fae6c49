import RQ

/// Numbers and strings of Python.
extension PythonLiteral {
    mutating func number() throws(Failure) -> PlainValue {
        let start = position
        if peek == "0", position + 1 < text.count,
            let radix = ["x": 16, "o": 8, "b": 2][Character(text[position + 1]).lowercased()]
        {
            position += 2
            let digits = plain(run { $0.properties.isASCIIHexDigit })
            guard let number = Int(digits, radix: radix) else { throw failure("expected digits") }
            return .integer(number)
        }
        var isWhole = true
        var digits = run(Self.isDigit)
        if take(".") {
            isWhole = false
            digits += "." + run(Self.isDigit)
        }
        if let mark = peek, mark == "e" || mark == "E" {
            isWhole = false
            position += 1
            digits += "e"
            if let sign = peek, sign == "+" || sign == "-" {
                position += 1
                digits.unicodeScalars.append(sign)
            }
            digits += run(Self.isDigit)
        }
        let isLong = digits.count > 1 && digits.hasPrefix("0") && isWhole
        let ending = peek.map { $0.properties.isAlphabetic || $0 == "_" } ?? false
        let text = plain(digits)
        if !ending, isWhole, !isLong || text.allSatisfy({ $0 == "0" }), let number = Int(text) {
            return .integer(number)
        }
        let padded = text.hasPrefix(".") ? "0" + text : text
        let full = padded.replacingTrailingPoint
        if !ending, !isWhole, digits != ".", let number = Double(full) { return .double(number) }
        position = start
        throw failure("expected a number of 64 bits")
    }

    /// Strings, side by side, are one.
    mutating func strings() throws(Failure) -> PlainValue {
        var result = try string()
        while true {
            skipBlanks()
            let start = position
            while let next = peek, "rRbBuU".unicodeScalars.contains(next), position < start + 2 {
                position += 1
            }
            guard peek == "'" || peek == "\"" else {
                position = start
                return result
            }
            position = start
            switch (result, try string()) {
            case (.string(let left), .string(let right)): result = .string(left + right)
            case (.bytes(let left), .bytes(let right)): result = .bytes(left + right)
            default: throw failure("bytes and text side by side")
            }
        }
    }

    private mutating func string() throws(Failure) -> PlainValue {
        var prefix = ""
        while let next = peek, next != "'", next != "\"" {
            prefix += Character(next).lowercased()
            position += 1
        }
        guard ["", "r", "u", "b", "br", "rb"].contains(prefix), let quote = peek else {
            throw failure("expected a string")
        }
        let isTriple = text[position...].starts(with: [quote, quote, quote])
        position += isTriple ? 3 : 1
        let end = Array(repeating: quote, count: isTriple ? 3 : 1)
        let (isRaw, isBytes) = (prefix.contains("r"), prefix.contains("b"))
        var scalars = String.UnicodeScalarView()
        while !text[position...].starts(with: end) {
            guard let next = peek, isTriple || next != "\n" else {
                throw failure("expected the end of the string")
            }
            position += 1
            if next != "\\" {
                scalars.append(next)
            } else if isRaw {
                guard let escaped = peek else { throw failure("expected a character") }
                scalars.append(next)
                scalars.append(escaped)
                position += 1
            } else {
                scalars.append(contentsOf: try escape(isBytes: isBytes))
            }
        }
        position += end.count
        guard isBytes else { return .string(String(scalars)) }
        guard scalars.allSatisfy({ $0.value < 256 }) else {
            throw failure("bytes are written in ASCII")
        }
        return .bytes(scalars.map { UInt8($0.value) })
    }

    /// What follows a backslash.
    private mutating func escape(isBytes: Bool) throws(Failure) -> [Unicode.Scalar] {
        guard let mark = peek else { throw failure("expected a character") }
        position += 1
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{c}",
            "n": "\n", "r": "\r", "t": "\t", "v": "\u{b}",
        ]
        if let scalar = simple[mark] { return [scalar] }
        switch mark {
        case "\n": return []
        case "0"..."7":
            position -= 1
            return [try code(digits: 1...3, radix: 8)]
        case "x": return [try code(digits: 2...2, radix: 16)]
        case "u" where !isBytes: return [try code(digits: 4...4, radix: 16)]
        case "U" where !isBytes: return [try code(digits: 8...8, radix: 16)]
        case "N" where !isBytes: throw failure("characters by name are not known here")
        default: return ["\\", mark]
        }
    }

    private mutating func code(
        digits: ClosedRange<Int>, radix: Int
    ) throws(Failure) -> Unicode.Scalar {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let next = peek,
            let digit = Character(next).hexDigitValue, digit < radix
        {
            value = value &* UInt32(radix) &+ UInt32(digit)
            count += 1
            position += 1
        }
        guard count >= digits.lowerBound, let scalar = Unicode.Scalar(value) else {
            throw failure("expected the code of a character")
        }
        return scalar
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    /// Digits, with single underscores between them.
    private mutating func run(_ isDigit: (Unicode.Scalar) -> Bool) -> String {
        var digits = String.UnicodeScalarView()
        while let next = peek {
            let isGap =
                next == "_" && digits.last.map { $0 != "_" } == true
                && position + 1 < text.count && isDigit(text[position + 1])
            guard isDigit(next) || isGap else { break }
            digits.append(next)
            position += 1
        }
        return String(digits)
    }

    private func plain(_ digits: String) -> String { digits.filter { $0 != "_" } }
}

extension String {
    /// `1.` and `1.e5` as Swift reads them.
    fileprivate var replacingTrailingPoint: String {
        guard let point = firstIndex(of: ".") else { return self }
        let next = index(after: point)
        guard next == endIndex || self[next] == "e" else { return self }
        return self[..<next] + "0" + self[next...]
    }
}
