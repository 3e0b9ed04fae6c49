/// A name or id as Redis holds it: bytes, usually UTF-8, not always.
///
/// Equality and hashing are those of the bytes, as in Redis.
public protocol WireName: Hashable, Sendable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The bytes on the wire.
    var bytes: [UInt8] { get }

    /// Takes the bytes as they are; nothing is refused.
    init(bytes: [UInt8])
}

extension WireName {
    /// The UTF-8 bytes of `text`.
    public init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    /// A name written in Swift source.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The text when the bytes are valid UTF-8, otherwise nil.
    public var utf8: String? {
        String(validating: bytes, as: UTF8.self)
    }

    /// The text for display: what is not UTF-8 becomes U+FFFD.
    public var description: String {
        String(decoding: bytes, as: UTF8.self)
    }
}
