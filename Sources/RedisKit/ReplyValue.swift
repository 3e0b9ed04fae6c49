/// A reply copied out of the reader: for the command line, for tests, and wherever a reply
/// must outlive the closure it came in.
public enum ReplyValue: Sendable, Equatable {
    case string([UInt8])
    case status(String)
    case integer(Int)
    case array([ReplyValue])
    case null
    case error(ServerError)

    /// The text of a string or a status; nil for other kinds and for bytes that are not UTF-8.
    public var text: String? {
        switch self {
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer, .array, .null, .error: nil
        }
    }

    /// The bytes of a string; nil for other kinds.
    public var bytes: [UInt8]? {
        if case .string(let bytes) = self { bytes } else { nil }
    }

    /// The number of an integer reply; nil for other kinds.
    public var integer: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The elements of an array; nil for other kinds.
    public var array: [ReplyValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The error of an error reply; nil for other kinds.
    public var error: ServerError? {
        if case .error(let error) = self { error } else { nil }
    }
}
