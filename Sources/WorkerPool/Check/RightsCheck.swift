import RedisKit

/// Tries every command and every kind of key that a service uses, as the user that it is.
///
/// A trial needs no right of its own, unlike `ACL DRYRUN`, and it also finds commands that the
/// server's file has renamed. Everything is tried on keys that do not exist, or in a way that
/// changes nothing; what is written is gone when the script that writes it ends, and nobody sees it
/// in between.
struct RightsCheck {
    private let configuration: RedisConfiguration
    private let connection: Connection
    private let timeout: Duration
    private let prefix: String
    private let user: String

    /// A check as the user and with the prefix of a configuration.
    init(_ configuration: RedisConfiguration, _ connection: Connection, timeout: Duration) {
        self.configuration = configuration
        self.connection = connection
        self.timeout = timeout
        prefix = configuration.keyPrefix
        user = configuration.user
    }

    /// What is missing, one line each, with the rule that helps.
    ///
    /// - Throws: `RedisError` when the server does not answer.
    func problems() throws(RedisError) -> [String] {
        var lines: [String] = []
        do {
            lines = try problemsOfScripts()
        } catch .server(let refusal) {
            guard refusal.refusal == .missingRight else { throw .server(refusal) }
            let count = RequiredRights.commands.count
            lines = [
                line("EVAL", refusal, rule: "+eval")
                    + "; the \(count) commands and the keys of scripts could not be tried"
            ]
        }
        for (words, right) in Self.harmless {
            if let refusal = try refusal(of: words) {
                lines.append(line(words[0], refusal, rule: "+\(right)"))
            }
        }
        let channel = ["SUBSCRIBE", "\(prefix):pubsub:rqd-check"]
        guard let refused = try refusal(of: channel) else { return lines }
        let isChannel = refused.message.contains("channel")
        let rule = isChannel ? "&\(prefix):pubsub:*" : "+subscribe"
        return lines + [line("SUBSCRIBE", refused, rule: rule)]
    }

    /// What is missing and can be done without, one line each.
    ///
    /// To be asked before `problems`, after which the connection listens.
    func notes() throws(RedisError) -> [String] {
        let tracking = ["CLIENT", "TRACKING", "OFF"]
        if let refusal = try refusal(of: tracking) {
            return [deaf("CLIENT TRACKING", refusal, rule: "+client|tracking")]
        }
        let channel = "__redis__:invalidate"
        let refused = try refusal(of: ["SUBSCRIBE", channel])
        if refused == nil { _ = try refusal(of: ["UNSUBSCRIBE", channel]) }
        // That SUBSCRIBE itself is not allowed is a problem.
        guard let refused, refused.message.contains("channel") else { return [] }
        return [deaf("channel \(channel)", refused, rule: "&\(channel)")]
    }

    private func deaf(_ what: String, _ refusal: ServerError, rule: String) -> String {
        line(what, refusal, rule: rule)
            + "; without, a worker of each pool looks at its queues every 200 ms"
    }

    /// Commands that are sent as they are and change nothing.
    private static let harmless: [(words: [String], right: String)] = [
        (["CLIENT", "ID"], "client|id"), (["CLIENT", "INFO"], "client|info"),
        (["SCRIPT", "LOAD", "return 1"], "script|load"),
        (["EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"], "evalsha"),
    ]

    /// Tries the keys first, then each command on a key that is allowed.
    private func problemsOfScripts() throws(RedisError) -> [String] {
        let kinds = RequiredRights.keys.map { word in
            "\(prefix):\(word)\(word.hasSuffix(":") ? "rqd-check" : "")"
        }
        // Reading asks for one right, removing what is not there for the other.
        let trials = kinds.flatMap { [["HGET", $0, "f"], ["SREM", $0, "rqd-check"]] }
        let answers = try run(trials)
        var allowed: String?
        var refused: [(pattern: String, why: ServerError)] = []
        for (index, key) in kinds.enumerated() {
            let errors = answers[(2 * index)...(2 * index + 1)].compactMap(\.self)
            if let error = errors.first(where: isOfKey) {
                refused.append((RequiredRights.pattern(for: key, under: prefix), error))
            } else if key.hasSuffix(":rqd-check") {
                allowed = allowed ?? key
            }
        }
        guard let allowed else {
            let why = refused.first?.why ?? ServerError(message: "")
            return [line("keys \(prefix):*", why, rule: "~\(prefix):*")]
        }
        return try problemsOfCommands(on: allowed)
            + refused.map { line("keys \($0.pattern)", $0.why, rule: "~\($0.pattern)") }
    }

    private func problemsOfCommands(on key: String) throws(RedisError) -> [String] {
        let remains = try run([["DEL", key]]).first.flatMap(\.self)
        var lines: [String] = []
        var trials: [(name: String?, words: [String])] = []
        for name in RequiredRights.commands {
            guard let trial = RequiredRights.trials[name],
                !(trial.leavesKey && remains != nil)
            else {
                lines.append("\(name): could not be tried")
                continue
            }
            trials.append((name, [name] + trial.arguments.map { $0 == "KEY" ? key : $0 }))
            if trial.leavesKey { trials.append((nil, ["DEL", key])) }
        }
        for (trial, answer) in zip(trials, try run(trials.map(\.words))) {
            guard let name = trial.name, let answer, answer.code != "WRONGTYPE" else { continue }
            let needsKey = RequiredRights.trials[name]?.needsKey == true
            if needsKey, answer.refusal != .missingRight { continue }
            lines.append(line(name, answer, rule: "+\(RequiredRights.right(of: name))"))
        }
        return lines
    }

    /// Whether it is the key that is not allowed, and not the command.
    private func isOfKey(_ error: ServerError) -> Bool { MissingRight(error)?.isOfKey == true }

    /// Runs commands in one script.
    ///
    /// - Returns: the error of each, nil for none.
    private func run(_ trials: [[String]]) throws(RedisError) -> [ServerError?] {
        var command = Command("EVAL", .text(Self.script), 0)
        for words in trials { command.append(.text(words.joined(separator: "\u{1f}"))) }
        let reply = try connection.call(command, timeout: timeout)
        return (reply.array ?? []).map { answer in
            guard let text = answer.text, !text.isEmpty else { return nil }
            return ServerError(message: text)
        }
    }

    private func refusal(of words: [String]) throws(RedisError) -> ServerError? {
        do {
            let command = Command(words[0], arguments: words.dropFirst().map { .text($0) })
            try connection.call(command, timeout: timeout)
        } catch .server(let refusal) {
            return refusal.code == "NOSCRIPT" ? nil : refusal
        }
        return nil
    }

    /// What is refused, why, and what helps: a rule only where a right is missing.
    private func line(_ what: String, _ refusal: ServerError, rule: String) -> String {
        guard refusal.refusal == .missingRight else { return "\(what): \(refusal)" }
        return "\(what): not allowed; ACL SETUSER \(user) \(rule) allows it"
    }

    private static let script = """
        local said = {}
        for i, line in ipairs(ARGV) do
            local words = {}
            for word in string.gmatch(line, '[^\\31]+') do words[#words + 1] = word end
            local reply = redis.pcall(unpack(words))
            said[i] = type(reply) == 'table' and reply.err or ''
        end
        return said
        """
}
