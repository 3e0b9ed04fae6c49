extension Endpoint {
    /// Reads a URL as redis-py does.
    ///
    /// Where redis-py guesses (a database that is not a number becomes 0, a host in a `unix://`
    /// URL is dropped) this says what is wrong.
    ///
    /// - Parameter url: the text, for example `redis://:secret@db.example:6380/2`.
    /// - Throws: what is wrong with it; never a part that may hold the password.
    public init(url: String) throws(EndpointError) {
        guard !url.hasPrefix("rediss://") else { throw .encryptionUnsupported }
        let isUnix = url.hasPrefix("unix://")
        guard isUnix || url.hasPrefix("redis://") else { throw .unknownScheme }

        let parts = URLParts(afterScheme: url.dropFirst(isUnix ? 7 : 8))
        let options = try URLOptions(query: parts.query)
        let path = percentDecoded(parts.path)

        if isUnix {
            guard parts.host.isEmpty else { throw .hostBeforePath }
            guard path.count > 1 else { throw .missingPath }
            address = .unix(path: path)
        } else {
            address = try Self.tcpAddress(parts.host)
        }
        username = parts.username.map { percentDecoded($0) } ?? options.username
        password = parts.password.map { percentDecoded($0) } ?? options.password
        database = try Self.database(option: options.database, path: isUnix ? "" : path)
    }

    /// `host`, `host:port`, `[ipv6]` or `[ipv6]:port`; an empty host is `localhost`.
    private static func tcpAddress(_ text: Substring) throws(EndpointError) -> Address {
        var host = text
        var port: Substring = ""
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw .badHost }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .badHost }
            port = rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard let number = port.isEmpty ? 6379 : Int(port), (1...65535).contains(number) else {
            throw .badPort
        }
        let name = percentDecoded(host)
        return .tcp(host: name.isEmpty ? "localhost" : name, port: number)
    }

    /// The option `db`, else the path, else 0.
    private static func database(option: String?, path: String) throws(EndpointError) -> Int {
        var text = option ?? path
        if option == nil {
            if text.hasPrefix("/") { text.removeFirst() }
            if text.hasSuffix("/") { text.removeLast() }
            if text.isEmpty { return 0 }
        }
        guard let number = Int(text), number >= 0 else { throw .badDatabase(text) }
        return number
    }
}

/// The pieces of a URL behind its scheme, still percent-encoded.
private struct URLParts {
    var username: Substring?
    var password: Substring?
    let host: Substring
    let path: Substring
    let query: Substring

    init(afterScheme text: Substring) {
        let whole = text.prefix { $0 != "#" }
        let authority = whole.prefix { $0 != "/" && $0 != "?" }
        let rest = whole[authority.endIndex...]
        path = rest.prefix { $0 != "?" }
        query = rest[path.endIndex...].dropFirst()

        guard let at = authority.lastIndex(of: "@") else {
            host = authority
            return
        }
        host = authority[authority.index(after: at)...]
        let user = authority[..<at]
        let name = user.prefix { $0 != ":" }
        let secret = user[name.endIndex...].dropFirst()
        username = name.isEmpty ? nil : name
        password = secret.isEmpty ? nil : secret
    }
}

/// The part behind the question mark: the first value of each name counts, as in redis-py.
private struct URLOptions {
    var database: String?
    var username: String?
    var password: String?

    /// What redis-py takes there and what has no meaning here: accepted, so that an application
    /// and rqd can share one URL.
    private static let harmless: Set<String> = [
        "client_name", "decode_responses", "encoding", "encoding_errors", "health_check_interval",
        "lib_name", "lib_version", "max_connections", "protocol", "retry_on_error",
        "retry_on_timeout", "socket_connect_timeout", "socket_keepalive", "socket_read_size",
        "socket_timeout", "timeout",
    ]

    init(query: Substring) throws(EndpointError) {
        for pair in query.split(separator: "&") {
            let name = formDecoded(pair.prefix { $0 != "=" })
            let value = formDecoded(pair.dropFirst(pair.prefix { $0 != "=" }.count + 1))
            guard !value.isEmpty else { continue }
            switch name {
            case "db": database = database ?? value
            case "username": username = username ?? value
            case "password": password = password ?? value
            default:
                guard Self.harmless.contains(name) else { throw .unknownOption(name) }
            }
        }
    }
}

/// Like percent-decoding, and a plus is a space.
private func formDecoded(_ text: Substring) -> String {
    percentDecoded(Substring(String(text.map { $0 == "+" ? " " : $0 })))
}

/// Bytes for `%XX`; a `%` before anything else stays, as in Python's `unquote`.
private func percentDecoded(_ text: Substring) -> String {
    var decoded: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = hexadecimalByte(rest.prefix(2)) {
            decoded.append(value)
            rest = rest.dropFirst(2)
        } else {
            decoded.append(byte)
        }
    }
    return String(decoding: decoded, as: UTF8.self)
}

/// The byte that two hexadecimal digits stand for.
private func hexadecimalByte(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
    let text = Substring(digits)
    guard text.utf8.count == 2, text.allSatisfy(\.isHexDigit) else { return nil }
    return UInt8(text, radix: 16)
}
