import RedisKit

extension Timestamp {
    /// Reads the reply to `TIME`: seconds and microseconds; nil for any other, such as a refusal.
    public init?(serverTime reply: ReplyView) {
        guard reply.error == nil, reply.count == 2, let seconds = Int(reply.word(0)),
            let micros = Int(reply.word(1)), 0..<1_000_000 ~= micros,
            0..<(1 << 40) ~= seconds
        else { return nil }
        self.init(microseconds: seconds * 1_000_000 + micros)
    }
}
