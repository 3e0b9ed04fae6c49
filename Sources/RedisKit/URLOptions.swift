/// The part of a URL behind the question mark: the first value of each name counts.
///
/// Source: redis-py, `redis/connection.py`, `parse_url` and the arguments of the connection
/// classes; the names that begin with `sentinel_` are ours.
struct URLOptions {
    private(set) var database: String?
    private(set) var username: String?
    private(set) var password: String?
    private(set) var sentinelUsername: String?
    private(set) var sentinelPassword: String?
    private(set) var encryption = Encryption()
    /// Whether `ssl` asks for TLS, which a `sentinel://` URL has no other word for.
    private(set) var encrypts = false
    private(set) var encryptsSentinels = false
    private(set) var timeout: Duration?
    private(set) var connectTimeout: Duration?
    /// The first option that is of use only with TLS.
    private(set) var tlsOption: String?
    /// The first option that is of use only with Sentinels.
    private(set) var sentinelOption: String?

    /// What redis-py takes there and what has no meaning here: accepted, so that an application
    /// and rqd can share one URL.
    private static let harmless: Set<String> = [
        "client_name", "decode_responses", "encoding", "encoding_errors", "health_check_interval",
        "lib_name", "lib_version", "max_connections", "protocol", "retry_on_error",
        "retry_on_timeout", "socket_keepalive", "socket_read_size", "timeout",
    ]
    /// What would weaken or change the connection if it were passed over.
    private static let unsupported: Set<String> = [
        "ssl_ca_data", "ssl_ciphers", "ssl_exclude_verify_flags", "ssl_include_verify_flags",
        "ssl_min_version", "ssl_ocsp_context", "ssl_ocsp_expected_cert", "ssl_password",
        "ssl_validate_ocsp", "ssl_validate_ocsp_stapled", "credential_provider",
    ]

    init(query: Substring) throws(EndpointError) {
        var seen: Set<String> = []
        for pair in query.split(separator: "&") {
            let name = formDecoded(pair.prefix { $0 != "=" })
            let value = formDecoded(pair.dropFirst(pair.prefix { $0 != "=" }.count + 1))
            guard !value.isEmpty, seen.insert(name).inserted else { continue }
            try take(name, value)
        }
        // Who verifies nothing does not look at the name either.
        if requirement == "none" { encryption.verification = .none }
    }

    private var requirement = "required"

    private mutating func take(_ name: String, _ value: String) throws(EndpointError) {
        switch name {
        case "db": database = value
        case "username": username = value
        case "password": password = value
        case "socket_timeout": timeout = try Self.seconds(name, value)
        case "socket_connect_timeout": connectTimeout = try Self.seconds(name, value)
        case "ssl": encrypts = try Self.flag(name, value)
        case "sentinel_username": (sentinelUsername, sentinelOption) = (value, name)
        case "sentinel_password": (sentinelPassword, sentinelOption) = (value, name)
        case "sentinel_ssl":
            (encryptsSentinels, sentinelOption) = (try Self.flag(name, value), name)
        default: try takeEncryption(name, value)
        }
    }

    private mutating func takeEncryption(
        _ name: String, _ value: String
    ) throws(EndpointError) {
        switch name {
        case "ssl_cert_reqs":
            guard ["none", "optional", "required"].contains(value) else {
                throw .badOption(name, expected: "none, optional or required")
            }
            requirement = value
        case "ssl_check_hostname":
            encryption.verification = try Self.flag(name, value) ? .full : .authority
        case "ssl_ca_certs": encryption.authorityFile = value
        case "ssl_ca_path": encryption.authorityDirectory = value
        case "ssl_certfile": encryption.certificateFile = value
        case "ssl_keyfile": encryption.keyFile = value
        default:
            if Self.harmless.contains(name) { return }
            throw Self.unsupported.contains(name)
                ? .unsupportedOption(name) : .unknownOption(name)
        }
        tlsOption = tlsOption ?? name
    }

    private static func flag(_ name: String, _ value: String) throws(EndpointError) -> Bool {
        switch value.lowercased() {
        case "true", "t", "yes", "y", "1": return true
        case "false", "f", "no", "n", "0": return false
        default: throw .badOption(name, expected: "true or false")
        }
    }

    private static func seconds(_ name: String, _ value: String) throws(EndpointError) -> Duration {
        guard let number = Double(value), number >= 0.001, number <= 86_400 else {
            throw .badOption(name, expected: "a number of seconds from 0.001 to 86400")
        }
        return .milliseconds(Int(number * 1000))
    }
}

/// Like percent-decoding, and a plus is a space.
private func formDecoded(_ text: Substring) -> String {
    percentDecoded(Substring(String(text.map { $0 == "+" ? " " : $0 })))
}

/// Bytes for `%XX`; a `%` before anything else stays, as in Python's `unquote`.
func percentDecoded(_ text: Substring) -> String {
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
