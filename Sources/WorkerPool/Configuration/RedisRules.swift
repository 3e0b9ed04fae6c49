import RedisKit

/// What must hold among the keys of `[redis]`.
struct RedisRules {
    let origins: [String: Origin]

    /// Everything that contradicts something else.
    func complaints(about redis: RedisConfiguration) -> [ConfigurationError.Complaint] {
        let endpoint: Endpoint
        do throws(EndpointError) {
            endpoint = try redis.endpointWithoutSecrets()
        } catch {
            return []  // the key itself has been complained about
        }
        return secrets(redis, endpoint) + sentinels(redis, endpoint) + encryption(redis, endpoint)
    }

    private func secrets(
        _ redis: RedisConfiguration, _ endpoint: Endpoint
    ) -> [ConfigurationError.Complaint] {
        var found: [ConfigurationError.Complaint] = []
        if redis.password != nil, redis.passwordFile != nil {
            found.append(complaint("password", "and redis.password_file are both given"))
        }
        if redis.sentinelPassword != nil, redis.sentinelPasswordFile != nil {
            found.append(
                complaint("sentinel_password", "and redis.sentinel_password_file are both given"))
        }
        let isFromURL = redis.sentinels.isEmpty
        for (key, isGiven) in [
            ("password", redis.password != nil), ("password_file", redis.passwordFile != nil),
        ] where isGiven && isFromURL && endpoint.password != nil {
            found.append(complaint(key, "is given, and redis.url has a password too"))
        }
        if redis.username != nil, isFromURL, endpoint.username != nil {
            found.append(complaint("username", "is given, and redis.url has a user too"))
        }
        return found
    }

    private func sentinels(
        _ redis: RedisConfiguration, _ endpoint: Endpoint
    ) -> [ConfigurationError.Complaint] {
        let usual = RedisConfiguration()
        var found: [ConfigurationError.Complaint] = []
        if redis.sentinels.isEmpty {
            let given = [
                ("database", redis.database != 0),
                ("sentinel_master", redis.sentinelMaster != usual.sentinelMaster),
            ]
            found += useless(given, "is of use only with redis.sentinels")
        }
        if endpoint.sentinels == nil {
            let given = [
                ("sentinel_username", redis.sentinelUsername != nil),
                ("sentinel_password", redis.sentinelPassword != nil),
                ("sentinel_password_file", redis.sentinelPasswordFile != nil),
                ("sentinel_tls", redis.sentinelTLS),
            ]
            found += useless(given, "is of use only with Sentinels")
        }
        return found
    }

    private func encryption(
        _ redis: RedisConfiguration, _ endpoint: Endpoint
    ) -> [ConfigurationError.Complaint] {
        if case .unix = endpoint.address, redis.tls {
            return [complaint("tls", "has no use on a Unix socket")]
        }
        if endpoint.encryption == nil, !redis.tls, !redis.sentinelTLS,
            endpoint.sentinels?.encryption == nil
        {
            let given = [
                ("tls_verify", redis.tlsVerify != .full),
                ("tls_ca_file", redis.tlsAuthorityFile != nil),
                ("tls_cert_file", redis.tlsCertificateFile != nil),
                ("tls_key_file", redis.tlsKeyFile != nil),
            ]
            return useless(given, "is of use only with TLS: write rediss:// or redis.tls = true")
        }
        if redis.tlsKeyFile != nil, redis.tlsCertificateFile == nil {
            return [complaint("tls_key_file", "needs redis.tls_cert_file")]
        }
        return []
    }

    /// One complaint for each key that is given.
    private func useless(
        _ keys: [(String, isGiven: Bool)], _ message: String
    ) -> [ConfigurationError.Complaint] {
        keys.filter(\.isGiven).map { complaint($0.0, message) }
    }

    private func complaint(_ key: String, _ message: String) -> ConfigurationError.Complaint {
        ConfigurationError.Complaint(
            origin: origins["redis.\(key)"] ?? .builtIn, message: "redis.\(key) \(message)")
    }
}
