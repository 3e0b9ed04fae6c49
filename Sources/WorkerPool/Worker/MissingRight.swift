import RedisKit

/// A right that the user does not have, as far as the server says which.
struct MissingRight: Equatable {
    /// The command, as an ACL has it: `xadd`, `client|tracking`; nil where it is not known.
    let command: String?
    /// The key; nil where it is not known.
    let key: String?
    /// Whether it is the key, not the command, that the user may not touch.
    let isOfKey: Bool

    /// Reads a refusal: `NOPERM … 'xadd' command`, and what scripts put behind it, `(XADD KEY)`.
    ///
    /// - Parameter error: the server's answer; nil for one that says something else.
    init?(_ error: ServerError) {
        guard error.refusal == .missingRight else { return nil }
        let message = Self.parts(of: error).said
        var command = Self.quoted(in: message, before: " command")
        var key = Self.quoted(in: message, before: " key")
        if message.hasSuffix(")"), let start = message.lastIndex(of: "(") {
            let words = message[start...].dropFirst().dropLast().split(
                separator: " ", maxSplits: 1)
            if words.count == 2, words[0].allSatisfy({ $0.isUppercase }) {
                command = command ?? words[0].lowercased()
                key = key ?? String(words[1])
            }
        }
        isOfKey = message.contains("access") && message.contains("key")
        (self.command, self.key) = (command, key)
    }

    /// One line: what is not allowed, and the rule that allows it.
    ///
    /// - Parameters:
    ///   - user: who is to have the right.
    ///   - prefix: of all keys.
    /// - Returns: it begins with `NOPERM`.
    func explanation(user: String, prefix: String) -> String {
        let name = command.map { $0.split(separator: "|").joined(separator: " ").uppercased() }
        let place = key.map { String(PrintableText.of($0).prefix(80)) }
        let what = [name ?? "a command", place].compactMap(\.self).joined(separator: " ")
        let rule: String?
        if isOfKey {
            let pattern = place.map { RequiredRights.pattern(for: $0, under: prefix) }
            rule = "~\(pattern ?? "\(prefix):*")"
        } else {
            rule = command.map { "+\($0)" }
        }
        guard let rule else {
            return "NOPERM \(what) is not allowed; rqd check --connect finds out which"
        }
        return "NOPERM \(what) is not allowed; ACL SETUSER \(user) \(rule) allows it"
    }

    /// The server's words with command and key, and what a script could not take back: `; not taken
    /// back: ZADD KEY`, or nothing.
    fileprivate static func parts(of error: ServerError) -> (said: String, rest: String) {
        guard let mark = error.message.firstRange(of: "; not taken back: ") else {
            return (error.message, "")
        }
        let message = error.message
        return (String(message[..<mark.lowerBound]), String(message[mark.lowerBound...]))
    }

    /// What stands between apostrophes right before some words.
    private static func quoted(in text: String, before words: String) -> String? {
        guard let end = text.firstRange(of: "'\(words)")?.lowerBound else { return nil }
        let before = text[..<end]
        guard let start = before.lastIndex(of: "'") else { return nil }
        return String(before[before.index(after: start)...])
    }
}

extension RedisConfiguration {
    /// The same error, with the command, the key and the rule that helps where a right is missing.
    func explaining(_ error: ServerError) -> ServerError {
        guard let right = MissingRight(error) else { return error }
        let rest = MissingRight.parts(of: error).rest
        return ServerError(message: right.explanation(user: user, prefix: keyPrefix) + rest)
    }

    /// Who we are to the server.
    var user: String {
        let endpoint: Endpoint
        do throws(EndpointError) {
            endpoint = try endpointWithoutSecrets()
        } catch {
            return username ?? "default"
        }
        return username ?? endpoint.username ?? "default"
    }
}

extension RedisTrouble {
    /// The same trouble, with the rule that helps where a right is missing.
    func explained(for redis: RedisConfiguration) -> RedisTrouble {
        switch self {
        case .refused(let error): .refused(redis.explaining(error))
        case .unreachable, .nameTaken: self
        }
    }
}
