/// Which queues a pool can serve, for whoever fills them.
public enum QueueRule {
    /// What is accepted, in words.
    public static let expected = TextGrammar.oneQueue.expected

    /// Whether a pool can serve a queue of this name.
    public static func accepts(_ name: String) -> Bool { TextGrammar.oneQueue.accepts(name) }
}
