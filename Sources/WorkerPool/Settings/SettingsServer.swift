import RQ

/// Where Redis is, in the words of an RQ settings module or of the environment, as one URL.
///
/// Source: RQ 3.0.0, `rq/cli/helpers.py`, `get_redis_from_config`.
struct SettingsServer {
    /// The values by name, for example `REDIS_HOST`; null and empty texts count as absent.
    let values: [String: JSON]
    /// Where a value stands.
    let origin: (String) -> Origin

    /// A URL, and where it was said; nil if nothing was.
    ///
    /// - Throws: what cannot be understood, or has no equivalent.
    func url() throws(ConfigurationError) -> (text: String, origin: Origin)? {
        if let url = value("REDIS_URL") { return (try text("REDIS_URL", url), origin("REDIS_URL")) }
        if let sentinel = value("SENTINEL") {
            guard case .object(let members) = sentinel else {
                throw complaint("SENTINEL", "must be a dictionary")
            }
            let group = SettingsServer(
                values: members, origin: { _ in self.origin("SENTINEL") })
            return (try group.sentinelURL(), origin("SENTINEL"))
        }
        let names = ["REDIS_HOST", "REDIS_PORT", "REDIS_DB", "REDIS_PASSWORD", "REDIS_SSL"]
        guard let first = names.first(where: { value($0) != nil }) else { return nil }
        let isEncrypted = try flag("REDIS_SSL")
        var url = URLText(scheme: isEncrypted ? "rediss" : "redis")
        url.password = try optionalText("REDIS_PASSWORD")
        url.hosts = [
            URLText.host(
                try optionalText("REDIS_HOST") ?? "localhost", try number("REDIS_PORT") ?? 6379)
        ]
        url.path = "\(try number("REDIS_DB") ?? 0)"
        if isEncrypted {
            guard value("REDIS_SSL_CA_DATA") == nil else {
                let message = "has no equivalent; write it to a file that REDIS_SSL_CA_CERTS names"
                throw complaint("REDIS_SSL_CA_DATA", message)
            }
            for name in ["CA_CERTS", "CERT_REQS", "KEYFILE", "CERTFILE"] {
                url.add("ssl_\(name.lowercased())", try optionalText("REDIS_SSL_\(name)"))
            }
        }
        return (url.text, origin(first))
    }

    /// The members of `SENTINEL`.
    private func sentinelURL() throws(ConfigurationError) -> String {
        var url = URLText(scheme: "sentinel")
        var instances: [JSON] = [.array([.string("localhost"), .integer(26379)])]
        if let named = value("INSTANCES") { instances = named.array ?? [] }
        for instance in instances {
            guard let pair = instance.array, pair.count == 2, let host = pair[0].string,
                let port = pair[1].integer ?? pair[1].string.flatMap({ Int($0) })
            else { throw complaint("INSTANCES", "must be a list of (host, port)") }
            url.hosts.append(URLText.host(host, port))
        }
        guard !url.hosts.isEmpty else {
            throw complaint("INSTANCES", "must be a list of (host, port)")
        }
        let connection = SettingsServer(
            values: (value("CONNECTION_KWARGS")?.object ?? [:]).merged(over: values), origin: origin
        )
        url.user = try connection.optionalText("USERNAME")
        url.password = try connection.optionalText("PASSWORD")
        url.path =
            URLText.encoded(try optionalText("MASTER_NAME") ?? "mymaster")
            + "/\(try connection.number("DB") ?? 0)"
        url.add("socket_timeout", try connection.optionalText("SOCKET_TIMEOUT"))
        if try connection.flag("SSL") {
            url.add("ssl", "true")
            for name in ["SSL_CA_CERTS", "SSL_CERT_REQS", "SSL_KEYFILE", "SSL_CERTFILE"] {
                url.add(name.lowercased(), try connection.optionalText(name))
            }
        }
        let sentinels = SettingsServer(
            values: [:].merged(over: value("SENTINEL_KWARGS")?.object ?? [:]), origin: origin)
        url.add("sentinel_username", try sentinels.optionalText("USERNAME"))
        url.add("sentinel_password", try sentinels.optionalText("PASSWORD"))
        if try sentinels.flag("SSL") { url.add("sentinel_ssl", "true") }
        return url.text
    }

    private func value(_ name: String) -> JSON? {
        switch values[name] {
        case nil, .null, .string(""): nil
        case .bool, .integer, .float, .string, .array, .object: values[name]
        }
    }

    private func text(_ name: String, _ value: JSON) throws(ConfigurationError) -> String {
        switch value {
        case .string(let text): return text
        case .integer(let number): return String(number)
        case .float(let number): return String(number)
        case .bool, .null, .array, .object: throw complaint(name, "must be a text")
        }
    }

    private func optionalText(_ name: String) throws(ConfigurationError) -> String? {
        guard let value = value(name) else { return nil }
        return try text(name, value)
    }

    private func number(_ name: String) throws(ConfigurationError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.integer ?? value.string.flatMap({ Int($0) }) else {
            let shown = value.string.map { ", not \(WrittenValue.quoted($0))" } ?? ""
            throw complaint(name, "must be a whole number\(shown)")
        }
        return number
    }

    private func flag(_ name: String) throws(ConfigurationError) -> Bool {
        switch value(name) {
        case nil: return false
        case .bool(let flag): return flag
        case .integer(let number): return number != 0
        case .string(let text) where ["y", "yes", "t", "true", "1"].contains(text.lowercased()):
            return true
        case .string(let text) where ["n", "no", "f", "false", "0"].contains(text.lowercased()):
            return false
        case .string, .float, .null, .array, .object:
            throw complaint(name, "must be True or False")
        }
    }

    private func complaint(_ name: String, _ message: String) -> ConfigurationError {
        let origin = origin(name)
        let isNamed = origin == .variable(name)
        let text = isNamed ? message : "\(name) \(message)"
        return ConfigurationError(
            [ConfigurationError.Complaint(origin: origin, message: text)], files: [])
    }
}

extension [String: JSON] {
    /// These members, whose names may be in small letters, in the place of others of that name.
    fileprivate func merged(over others: [String: JSON]) -> [String: JSON] {
        var all: [String: JSON] = [:]
        for (name, value) in others { all[name.uppercased()] = value }
        for (name, value) in self { all[name.uppercased()] = value }
        return all
    }
}
