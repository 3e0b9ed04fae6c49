/// Values as Python prints them: descriptions of jobs look the same whoever enqueued them.
extension PlainValue: CustomStringConvertible {
    /// What Python's `repr` says.
    public var description: String {
        switch self {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): String(value)
        case .double(let value): PythonFloat.text(value)
        case .string(let text): Self.quoted(text)
        case .bytes(let bytes): Self.quoted(bytes)
        case .list(let elements): "[\(Self.joined(elements))]"
        case .tuple(let elements):
            elements.count == 1 ? "(\(elements[0]),)" : "(\(Self.joined(elements)))"
        case .set(let elements): elements.isEmpty ? "set()" : "{\(Self.joined(elements))}"
        case .dictionary(let entries):
            "{\(entries.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        }
    }

    private static func joined(_ values: [PlainValue]) -> String {
        values.map(\.description).joined(separator: ", ")
    }

    private static func quoted(_ text: String) -> String {
        let quote = mark(text.unicodeScalars.contains("'"), text.unicodeScalars.contains("\""))
        var quoted = quote
        for scalar in text.unicodeScalars {
            if let escape = escape(scalar.value, quote) {
                quoted += escape
            } else if isPrintable(scalar) {
                quoted.unicodeScalars.append(scalar)
            } else {
                switch scalar.value {
                case ..<0x100: quoted += "\\x" + hexadecimal(scalar.value, digits: 2)
                case ..<0x10000: quoted += "\\u" + hexadecimal(scalar.value, digits: 4)
                default: quoted += "\\U" + hexadecimal(scalar.value, digits: 8)
                }
            }
        }
        return quoted + quote
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        let quote = mark(bytes.contains(UInt8(ascii: "'")), bytes.contains(UInt8(ascii: "\"")))
        var quoted = "b" + quote
        for byte in bytes {
            if let escape = escape(UInt32(byte), quote) {
                quoted += escape
            } else if (0x20..<0x7f).contains(byte) {
                quoted.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                quoted += "\\x" + hexadecimal(UInt32(byte), digits: 2)
            }
        }
        return quoted + quote
    }

    /// Single quotes, unless the text has those and no double ones.
    private static func mark(_ hasSingle: Bool, _ hasDouble: Bool) -> String {
        hasSingle && !hasDouble ? "\"" : "'"
    }

    private static func escape(_ code: UInt32, _ quote: String) -> String? {
        switch code {
        case 0x5c: "\\\\"
        case 0x0a: "\\n"
        case 0x0d: "\\r"
        case 0x09: "\\t"
        case quote.unicodeScalars.first?.value: "\\" + quote
        default: nil
        }
    }

    /// As Python's `str.isprintable` sees one character.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
