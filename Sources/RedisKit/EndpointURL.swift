extension Endpoint {
    /// Reads a URL as redis-py does.
    ///
    /// Where redis-py guesses (a database that is not a number becomes 0, a host in a `unix://`
    /// URL is dropped) this says what is wrong.
    ///
    /// - Parameter url: the text, for example `redis://:secret@db.example:6380/2`.
    /// - Throws: what is wrong with it; never a part that may hold the password.
    public init(url: String) throws(EndpointError) {
        guard let scheme = Scheme(of: url) else { throw .unknownScheme }
        let parts = URLParts(afterScheme: url.dropFirst(scheme.rawValue.utf8.count + 3))
        let options = try URLOptions(query: parts.query)
        let path = percentDecoded(parts.path)
        var databasePath = path[...]
        let isEncrypted = scheme == .rediss || options.encrypts
        if !isEncrypted, let name = options.tlsOption { throw .optionNeedsEncryption(name) }

        switch scheme {
        case .unix:
            guard parts.host.isEmpty else { throw .hostBeforePath }
            guard path.count > 1 else { throw .missingPath }
            if options.encrypts { throw .unsupportedOption("ssl") }
            address = .unix(path: path)
            databasePath = ""
        case .redis, .rediss:
            if scheme == .redis, options.encrypts { throw .badOption("ssl", expected: "rediss://") }
            if let name = options.sentinelOption { throw .unknownOption(name) }
            let (host, port) = try Self.hostAndPort(parts.host, usual: 6379)
            address = .tcp(host: host, port: port)
        case .sentinel:
            // Not decoded yet, for a name may hold a slash.
            let master = parts.path.dropFirst().prefix { $0 != "/" }
            guard !master.isEmpty else { throw .missingMaster }
            databasePath = parts.path[master.endIndex...]
            address = .sentinel(
                SentinelGroup(
                    master: percentDecoded(master), members: try Self.members(parts.host),
                    username: options.sentinelUsername, password: options.sentinelPassword,
                    encryption: options.encryptsSentinels ? options.encryption : nil))
        }
        username = parts.username.map { percentDecoded($0) } ?? options.username
        password = parts.password.map { percentDecoded($0) } ?? options.password
        database = try Self.database(option: options.database, path: databasePath)
        encryption = isEncrypted ? options.encryption : nil
        timeout = options.timeout
        connectTimeout = options.connectTimeout
    }

    private enum Scheme: String, CaseIterable {
        case redis, rediss, unix, sentinel

        init?(of url: String) {
            guard let scheme = Self.allCases.first(where: { url.hasPrefix("\($0.rawValue)://") })
            else { return nil }
            self = scheme
        }
    }

    /// Hosts with commas between them.
    private static func members(
        _ text: Substring
    ) throws(EndpointError) -> [SentinelGroup.Member] {
        var members: [SentinelGroup.Member] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            members.append(try SentinelGroup.Member(part))
        }
        return members
    }

    /// `host`, `host:port`, `[ipv6]` or `[ipv6]:port`; an empty host is `localhost`.
    fileprivate static func hostAndPort(
        _ text: Substring, usual: Int
    ) throws(EndpointError) -> (String, Int) {
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
        guard let number = port.isEmpty ? usual : Int(port), (1...65535).contains(number) else {
            throw .badPort
        }
        let name = percentDecoded(host)
        return (name.isEmpty ? "localhost" : name, number)
    }

    /// The option `db`, else the path, else 0.
    private static func database(
        option: String?, path: Substring
    ) throws(EndpointError) -> Int {
        var text = option ?? String(path)
        if option == nil {
            if text.hasPrefix("/") { text.removeFirst() }
            if text.hasSuffix("/") { text.removeLast() }
            if text.isEmpty { return 0 }
        }
        guard let number = Int(text), number >= 0 else { throw .badDatabase(text) }
        return number
    }
}

extension SentinelGroup.Member {
    /// Reads `host` or `host:port`; an IPv6 address stands in brackets.
    ///
    /// - Parameter text: for example `10.0.0.1:26379`.
    /// - Throws: `badPort` or `badHost`.
    public init(_ text: some StringProtocol) throws(EndpointError) {
        (host, port) = try Endpoint.hostAndPort(Substring(text), usual: 26379)
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
