/// What has been asked and not yet answered, in the order of the wire; says what each reply is.
///
/// Decides only: it neither reads nor writes a socket.
struct Conversation {
    /// One thing the server owes.
    enum Awaited {
        /// The answer to a command of the handshake.
        case greeting
        /// The answer to a plain command.
        case reply
        /// The answer to an EVALSHA, which may be NOSCRIPT.
        case script(ScriptCall)
        /// The answer to the EVAL that followed a NOSCRIPT; it goes to a place kept for it.
        case source(Place)
        /// So many confirmations of one SUBSCRIBE or UNSUBSCRIBE.
        case confirmations(Int)
        /// Confirmations until nothing of this kind is subscribed.
        case unsubscribed(Subscriptions.Kind)
    }

    /// What a reply turned out to be.
    enum Meaning {
        case greeting
        /// The last or only answer to a command of the caller.
        case reply
        /// One of several answers to a command of the caller, and not the last.
        case confirmation
        /// A message of a channel.
        case message
        /// NOSCRIPT: the script's source must follow.
        case missingScript(ScriptCall)
        /// What the caller is owed at an earlier place.
        case source(Place)
        /// Nothing was asked.
        case unasked
    }

    private var awaited = Queue<Awaited>()
    private var subscriptions = Subscriptions()

    /// Notes what is owed for what goes out next.
    mutating func sent(_ answer: Awaited) {
        awaited.append(answer)
    }

    /// Notes what is owed for a command.
    mutating func sent(_ command: Command) {
        awaited.append(Subscriptions.answers(to: command) ?? .reply)
    }

    /// Says what a reply is, and crosses off what it answers.
    mutating func received(_ reply: ReplyView) -> Meaning {
        if let word = announcement(in: reply) { return received(word, reply) }
        switch awaited.popFirst() {
        case .greeting: return .greeting
        case .reply, .confirmations, .unsubscribed: return .reply
        case .source(let place): return .source(place)
        case .script(let call):
            return reply.error?.code == "NOSCRIPT" ? .missingScript(call) : .reply
        case nil: return .unasked
        }
    }

    /// The first word of a pub/sub array.
    ///
    /// Without a subscription, wanted or present, an array that begins so is data like any other.
    private func announcement(in reply: ReplyView) -> Subscriptions.Announcement? {
        switch awaited.first {
        case .confirmations, .unsubscribed: break
        case .greeting, .reply, .script, .source, nil:
            if subscriptions.isEmpty { return nil }
        }
        return Subscriptions.Announcement(reply)
    }

    private mutating func received(
        _ announcement: Subscriptions.Announcement, _ reply: ReplyView
    ) -> Meaning {
        guard announcement.confirms else { return .message }
        subscriptions.note(announcement, name: reply[1].bytes)
        switch awaited.first {
        case .confirmations(let count) where count > 1:
            awaited.replaceFirst(with: .confirmations(count - 1))
            return .confirmation
        case .unsubscribed(let kind) where subscriptions.contains(kind):
            return .confirmation
        case .confirmations, .unsubscribed:
            _ = awaited.popFirst()
            return .reply
        case .greeting, .reply, .script, .source, nil:
            // The server ended a subscription by itself.
            return .message
        }
    }
}

/// A place in the order of replies, kept for one that is still to come.
final class Place {
    /// The reply, once it is there.
    var reply: Reply?
    /// What it is to the caller: `.reply`, `.confirmation` or `.message`.
    let meaning: Conversation.Meaning

    /// Keeps a place for a reply.
    init() {
        meaning = .reply
    }

    /// Puts a reply that is there behind those that are not.
    init(_ reply: consuming Reply, _ meaning: Conversation.Meaning) {
        self.reply = consume reply
        self.meaning = meaning
    }
}
