import CHiredis

/// A reply, or an element of one, as the reader left it in memory.
///
/// Borrowed: valid only inside the closure that it was given to. An array is a collection of
/// views; anything else has no elements.
public struct ReplyView: RandomAccessCollection {
    /// What RESP2 can carry.
    public enum Kind: Sendable, Equatable {
        case string, status, integer, array, null, error
    }

    private let pointer: UnsafePointer<redisReply>

    init(_ pointer: UnsafePointer<redisReply>) {
        self.pointer = pointer
    }

    /// Which of the six kinds this is.
    public var kind: Kind {
        switch pointer.pointee.type {
        case REDIS_REPLY_STRING: .string
        case REDIS_REPLY_STATUS: .status
        case REDIS_REPLY_INTEGER: .integer
        case REDIS_REPLY_ARRAY: .array
        case REDIS_REPLY_ERROR: .error
        default: .null
        }
    }

    /// Whether this is the null reply.
    public var isNil: Bool { kind == .null }

    /// The text of a string or a status; nil for other kinds and for bytes that are not UTF-8.
    public var text: String? {
        withBytes { String(validating: $0, as: UTF8.self) } ?? nil
    }

    /// A copy of the bytes of a string or a status; nil for other kinds.
    public var bytes: [UInt8]? {
        withBytes { Array($0) }
    }

    /// Lends the bytes of a string or a status; nothing is copied.
    ///
    /// - Parameter body: gets the bytes, valid until it returns.
    /// - Returns: what `body` returns, or nil for other kinds, without calling it.
    /// - Throws: what `body` throws.
    public func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        guard kind == .string || kind == .status else { return nil }
        return try body(characters)
    }

    /// The number of an integer reply; nil for other kinds.
    public var integer: Int? {
        kind == .integer ? Int(pointer.pointee.integer) : nil
    }

    /// The error of an error reply; nil for other kinds.
    public var error: ServerError? {
        guard kind == .error else { return nil }
        return ServerError(message: String(decoding: characters, as: UTF8.self))
    }

    /// A copy that lives on its own.
    public var value: ReplyValue {
        switch kind {
        case .string: .string(Array(characters))
        case .status: .status(String(decoding: characters, as: UTF8.self))
        case .integer: .integer(Int(pointer.pointee.integer))
        case .array: .array(map(\.value))
        case .null: .null
        case .error: .error(ServerError(message: String(decoding: characters, as: UTF8.self)))
        }
    }

    /// Always 0.
    public var startIndex: Int { 0 }

    /// How many elements an array has; 0 for other kinds.
    public var endIndex: Int { kind == .array ? Int(pointer.pointee.elements) : 0 }

    /// One element of an array.
    ///
    /// - Parameter index: from 0 up to `count`, which it must be below.
    public subscript(index: Int) -> ReplyView {
        precondition(indices.contains(index), "an index must be below the reply's count")
        guard let element = pointer.pointee.element[index] else {
            preconditionFailure("hiredis hands over arrays only when every element is there")
        }
        return ReplyView(element)
    }

    /// What the reader keeps for a string, a status or an error.
    private var characters: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer.pointee.str, count: Int(pointer.pointee.len))
    }
}
