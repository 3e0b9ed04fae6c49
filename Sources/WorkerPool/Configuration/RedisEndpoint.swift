import RedisKit

extension RedisConfiguration {
    /// Where to connect, with the passwords that lie in files.
    ///
    /// Read for each connection: a password or a certificate that was changed is used from the
    /// next one on.
    ///
    /// - Throws: which file cannot be read.
    public func endpoint() throws(RedisSettingError) -> Endpoint {
        var endpoint: Endpoint
        do throws(EndpointError) {
            endpoint = try endpointWithoutSecrets()
        } catch {
            throw RedisSettingError(key: "redis.url", reason: "\(error)")
        }
        endpoint.username = username ?? endpoint.username
        endpoint.password =
            try SecretFile.text(passwordFile, key: "redis.password_file") ?? password
            ?? endpoint.password
        if endpoint.encryption != nil || tls {
            endpoint.encryption = encryption(from: endpoint.encryption ?? Encryption())
        }
        if var group = endpoint.sentinels {
            group.username = sentinelUsername ?? group.username
            group.password =
                try SecretFile.text(sentinelPasswordFile, key: "redis.sentinel_password_file")
                ?? sentinelPassword ?? group.password
            if group.encryption != nil || sentinelTLS {
                group.encryption = encryption(
                    from: group.encryption ?? endpoint.encryption ?? Encryption())
            }
            endpoint.address = .sentinel(group)
        }
        endpoint.timeout = endpoint.timeout ?? timeout
        endpoint.connectTimeout = endpoint.connectTimeout ?? connectTimeout
        return endpoint
    }

    /// Where to connect, as the URL or the list of Sentinels says it.
    ///
    /// - Throws: what is wrong with it.
    func endpointWithoutSecrets() throws(EndpointError) -> Endpoint {
        guard !sentinels.isEmpty else { return try Endpoint(url: url) }
        var members: [SentinelGroup.Member] = []
        for text in sentinels { members.append(try SentinelGroup.Member(text)) }
        let group = SentinelGroup(master: sentinelMaster, members: members)
        return Endpoint(address: .sentinel(group), database: database)
    }

    /// Where Redis is, for a line of the log: no secret in it.
    var place: String {
        sentinels.isEmpty
            ? SecretMask.hiding(in: url)
            : "sentinel://\(sentinels.joined(separator: ","))/\(sentinelMaster)"
    }

    /// The keys go before what the URL says, but a URL that asks for less verification is heard.
    private func encryption(from url: Encryption) -> Encryption {
        var encryption = url
        switch tlsVerify {
        case .full: break
        case .ca: encryption.verification = .authority
        case .none: encryption.verification = .none
        }
        encryption.authorityFile = tlsAuthorityFile ?? url.authorityFile
        if let file = tlsCertificateFile {
            encryption.certificateFile = file
            encryption.keyFile = tlsKeyFile
        }
        return encryption
    }
}

/// A key of `[redis]` that cannot be followed on this machine.
public struct RedisSettingError: Error, Equatable, CustomStringConvertible {
    /// The key, for example `redis.password_file`.
    public let key: String
    /// Why not; never a secret.
    public let reason: String

    /// One line for the journal.
    public var description: String { "\(key): \(reason)" }
}
