import CHiredis

/// One reply, owned: its memory lives exactly as long as this value.
public struct Reply: ~Copyable {
    private let pointer: UnsafeMutablePointer<redisReply>

    /// Takes ownership of what hiredis's reader made.
    ///
    /// - Parameter pointer: a reply nobody else frees.
    init(adopting pointer: UnsafeMutablePointer<redisReply>) {
        self.pointer = pointer
    }

    /// Lends the reply; nothing is copied.
    ///
    /// - Parameter body: gets a view that is valid until `body` returns, not longer.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public borrowing func view<R, E: Error>(_ body: (ReplyView) throws(E) -> R) throws(E) -> R {
        try body(ReplyView(pointer))
    }

    deinit { freeReplyObject(pointer) }
}
