import RedisKit

extension ReplyView {
    /// What a script left out because a key holds data of another type.
    ///
    /// Each text is the server's, with the command and the key:
    /// `WRONGTYPE Operation against a key … (ZADD rq:finished:default)`; the first ten. What is not
    /// named was done. In the reply they are its last element: `warnings`, then the texts.
    public var warnings: [String] {
        guard kind == .array, let last, last.kind == .array, last.word(0) == "warnings" else {
            return []
        }
        return last.dropFirst().map { $0.text ?? "" }
    }

    /// How many elements a script's reply has without its warnings.
    var answerCount: Int {
        warnings.isEmpty ? count : count - 1
    }
}

/// Tells each warning of scripts once: a broken key is met at every step.
///
/// Holds the texts that were told; after a hundred it is silent.
public struct ScriptWarnings: Sendable {
    private var told: Set<String> = []

    /// None was told yet.
    public init() {}

    /// Takes the warnings of a reply.
    ///
    /// - Returns: those that are new.
    public mutating func new(_ warnings: [String]) -> [String] {
        warnings.filter { told.count < 100 && told.insert($0).inserted }
    }
}
