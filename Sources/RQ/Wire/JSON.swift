/// A JSON value, as Python's `json` module writes it: intervals, ids and commands.
///
/// Numbers beyond 64 bits become floats. Of a name that comes twice in an object the last
/// one counts. `NaN` and `Infinity`, which Python can write, are not read.
public indirect enum JSON: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` and `false`.
    case bool(Bool)
    /// A number without fraction and exponent.
    case integer(Int)
    /// Any other number.
    case float(Double)
    /// Text; half a surrogate pair becomes U+FFFD.
    case string(String)
    /// `[…]`.
    case array([JSON])
    /// `{…}`.
    case object([String: JSON])

    /// Reads one whole text; nil when it is anything but one JSON value, or is nested deeper
    /// than 64 levels.
    public init?(_ text: [UInt8]) {
        var reader = JSONReader(text)
        guard let value = reader.value(depth: 64), reader.isAtEnd else { return nil }
        self = value
    }

    /// The text of a string, otherwise nil.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array, otherwise nil.
    public var array: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object, otherwise nil.
    public var object: [String: JSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value of any number, otherwise nil.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A JSON string in pure ASCII, byte for byte as Python's `json.dumps` writes it.
    ///
    /// - Parameter text: any text.
    /// - Returns: it with its quotes.
    public static func quoted(_ text: String) -> String {
        var quoted = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: quoted += "\\\""
            case 0x5c: quoted += "\\\\"
            case 0x08: quoted += "\\b"
            case 0x09: quoted += "\\t"
            case 0x0a: quoted += "\\n"
            case 0x0c: quoted += "\\f"
            case 0x0d: quoted += "\\r"
            case 0x20...0x7e: quoted.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            default:
                let hex = String(unit, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return quoted + "\""
    }
}
