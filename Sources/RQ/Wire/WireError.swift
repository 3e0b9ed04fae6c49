/// Bytes in Redis that are not what RQ's wire says they should be.
///
/// Printed as `timeout: expected whole seconds, found "soon"`. The found bytes are cut and
/// escaped, so that the line is safe in a journal whatever a producer wrote.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was read: a field of a hash, or a thing such as `"worker command"`.
    public let field: String
    /// What would have been right, in words.
    public let expected: String
    /// The start of what was there, printable ASCII; nil when there was nothing.
    public let found: String?

    /// At most this many bytes of a bad value are quoted.
    static let quotedBytes = 40

    /// Makes an error that quotes the start of `found`.
    public init(field: String, expected: String, found: [UInt8]?) {
        self.field = field
        self.expected = expected
        self.found = found.map(Self.quote)
    }

    /// One line for the journal.
    public var description: String {
        guard let found else { return "\(field): expected \(expected), found nothing" }
        return "\(field): expected \(expected), found \"\(found)\""
    }

    private static func quote(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes.prefix(quotedBytes) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7e:
                text.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16)
                text += hex.count == 1 ? "\\x0\(hex)" : "\\x\(hex)"
            }
        }
        return bytes.count > quotedBytes ? "\(text)…" : text
    }
}
