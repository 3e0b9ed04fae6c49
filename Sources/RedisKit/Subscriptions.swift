/// The channels a connection listens to, as the server has confirmed them.
struct Subscriptions {
    /// Channels, patterns and shard channels are counted apart.
    enum Kind: Sendable {
        case channel, pattern, shard
    }

    /// The first word of a pub/sub array.
    struct Announcement {
        let kind: Kind
        /// Whether it confirms a change rather than carries a message.
        let confirms: Bool
        private let adds: Bool

        /// Nil for an array that is none of pub/sub's.
        init?(_ reply: ReplyView) {
            guard reply.kind == .array, reply.count >= 3, let word = reply[0].text else {
                return nil
            }
            switch word {
            case "message", "subscribe", "unsubscribe": kind = .channel
            case "pmessage", "psubscribe", "punsubscribe": kind = .pattern
            case "smessage", "ssubscribe", "sunsubscribe": kind = .shard
            default: return nil
            }
            confirms = word.hasSuffix("subscribe")
            adds = confirms && !word.hasSuffix("unsubscribe")
        }

        /// Applies the change that this confirms.
        fileprivate func apply(_ name: [UInt8], to names: inout Set<[UInt8]>) {
            if adds { names.insert(name) } else { names.remove(name) }
        }
    }

    private var channels: Set<[UInt8]> = []
    private var patterns: Set<[UInt8]> = []
    private var shards: Set<[UInt8]> = []

    var isEmpty: Bool { channels.isEmpty && patterns.isEmpty && shards.isEmpty }

    func contains(_ kind: Kind) -> Bool {
        switch kind {
        case .channel: !channels.isEmpty
        case .pattern: !patterns.isEmpty
        case .shard: !shards.isEmpty
        }
    }

    /// Notes a confirmation.
    ///
    /// - Parameters:
    ///   - announcement: what the server said.
    ///   - name: of what; nil when it had nothing to end.
    mutating func note(_ announcement: Announcement, name: [UInt8]?) {
        guard let name else { return }
        switch announcement.kind {
        case .channel: announcement.apply(name, to: &channels)
        case .pattern: announcement.apply(name, to: &patterns)
        case .shard: announcement.apply(name, to: &shards)
        }
    }

    /// What the server owes for a command of pub/sub; nil for any other command.
    ///
    /// A confirmation for each name in it, or for each subscription that it ends without naming.
    static func answers(to command: Command) -> Conversation.Awaited? {
        guard (9...12).contains(command.name.utf8.count) else { return nil }
        let kind: Kind
        let name = command.name.uppercased()
        switch name {
        case "SUBSCRIBE", "UNSUBSCRIBE": kind = .channel
        case "PSUBSCRIBE", "PUNSUBSCRIBE": kind = .pattern
        case "SSUBSCRIBE", "SUNSUBSCRIBE": kind = .shard
        default: return nil
        }
        if command.count > 1 { return .confirmations(command.count - 1) }
        // SUBSCRIBE without a name gets one answer, an error.
        return name.hasSuffix("UNSUBSCRIBE") ? .unsubscribed(kind) : .reply
    }
}
