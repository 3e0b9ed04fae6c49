import CHiredis

/// Turns bytes into replies; knows no socket.
///
/// Shape: RESP2, arrays at most eight deep and of 16 million elements, a single string up to
/// 512 MB as the server allows.
/// Not only Redis speaks it: any stream of RESP values can be read.
public struct ReplyReader: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>

    /// A reader with nothing in it.
    public init() {
        guard let reader = redisReaderCreateWithFunctions(ReplyObjects.functions) else {
            preconditionFailure("there must be memory for a reader of some hundred bytes")
        }
        // An emptied buffer above this many bytes is given back at the next feeding.
        reader.pointee.maxbuf = 256 * 1024
        self.reader = reader
    }

    /// Adds bytes behind those that no reply has used up yet.
    ///
    /// hiredis moves its unread rest each time a kilobyte is used up, so a large read is best
    /// fed in pieces of some kilobytes, taking the complete replies after each.
    ///
    /// - Parameter bytes: copied; may end anywhere inside a reply.
    /// - Throws: `protocolViolation` if an earlier one was thrown or memory is short.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard redisReaderFeed(reader, start, bytes.count) == REDIS_OK else { throw violation }
    }

    /// Takes the next complete reply.
    ///
    /// - Returns: nil while the next reply is not complete.
    /// - Throws: `protocolViolation` for bytes that are no RESP2; the reader is of no use then.
    public func next() throws(RedisError) -> Reply? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw violation }
        guard let reply else { return nil }
        return Reply(adopting: reply.assumingMemoryBound(to: redisReply.self))
    }

    /// What hiredis has against the bytes.
    private var violation: RedisError {
        guard reader.pointee.err != REDIS_ERR_OOM else {
            let most = ReplyObjects.mostElements
            return .protocolViolation("no memory, or an array of more than \(most) elements")
        }
        let text = withUnsafeBytes(of: reader.pointee.errstr) { errstr in
            String(decoding: errstr.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .protocolViolation(text)
    }

    deinit { redisReaderFree(reader) }
}
