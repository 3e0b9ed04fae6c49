/// Reads JSON from bytes, one value at a time, without looking further than it must.
struct JSONReader {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// True when only blanks are left.
    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return position == text.count
        }
    }

    /// The next value; nil when there is none or it is broken.
    mutating func value(depth: Int) -> JSON? {
        guard depth > 0 else { return nil }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map(JSON.string)
        case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return number()
        }
    }

    /// The first element of an array, when it is a string; what follows is not looked at.
    mutating func firstStringOfArray() -> String? {
        skipBlanks()
        guard take("[") else { return nil }
        skipBlanks()
        return string()
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
            position += 1
        }
    }

    private mutating func take(_ word: String) -> Bool {
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func array(depth: Int) -> JSON? {
        position += 1
        var elements: [JSON] = []
        skipBlanks()
        if take("]") { return .array(elements) }
        while let element = value(depth: depth - 1) {
            elements.append(element)
            skipBlanks()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
        return nil
    }

    private mutating func object(depth: Int) -> JSON? {
        position += 1
        var members: [String: JSON] = [:]
        skipBlanks()
        if take("}") { return .object(members) }
        while let name = string() {
            skipBlanks()
            guard take(":"), let member = value(depth: depth - 1) else { return nil }
            members[name] = member
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
            skipBlanks()
        }
        return nil
    }

    private mutating func number() -> JSON? {
        let start = position
        _ = take("-")
        let whole = digits()
        guard whole.count == 1 || (whole.count > 1 && whole.first != UInt8(ascii: "0")) else {
            return nil
        }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard !digits().isEmpty else { return nil }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard !digits().isEmpty else { return nil }
        }
        let number = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let value = Int(number) { return .integer(value) }
        return Double(number).map(JSON.float)
    }

    private mutating func digits() -> ArraySlice<UInt8> {
        let start = position
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        return text[start..<position]
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        var result = ""
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return result + String(decoding: units, as: UTF16.self)
            case UInt8(ascii: "\\"):
                position += 1
                guard let unit = escape() else { return nil }
                units.append(unit)
            case 0x00..<0x20:
                return nil
            default:
                // A run of plain bytes; escapes before it are complete by now.
                result += String(decoding: units, as: UTF16.self)
                units.removeAll()
                let run = text[position...].prefix { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }
                guard let plain = String(validating: run, as: UTF8.self) else { return nil }
                result += plain
                position += run.count
            }
        }
        return nil
    }

    private mutating func escape() -> UInt16? {
        guard let byte = peek else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(byte)
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            guard position + 4 <= text.count else { return nil }
            let hex = text[position..<position + 4]
            guard !hex.contains(UInt8(ascii: "+")), !hex.contains(UInt8(ascii: "-")) else {
                return nil
            }
            position += 4
            return UInt16(String(decoding: hex, as: UTF8.self), radix: 16)
        default: return nil
        }
    }
}
