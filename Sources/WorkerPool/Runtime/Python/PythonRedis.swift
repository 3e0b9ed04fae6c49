import RedisKit

/// How jobs that ask for a connection get to Redis, as redis-py takes it.
///
/// Shape: `url` and `options` for `from_url`; with `sentinels`, the arguments of
/// `redis.sentinel.Sentinel` and the `master` instead.
struct PythonRedis: Encodable {
    /// Keyword arguments of redis-py's connections; missing ones are left out.
    struct Options: Encodable, Equatable {
        var db: Int?
        var username: String?
        var password: String?
        var ssl: Bool?
        var ssl_cert_reqs: String?
        var ssl_check_hostname: Bool?
        var ssl_ca_certs: String?
        var ssl_ca_path: String?
        var ssl_certfile: String?
        var ssl_keyfile: String?
        var socket_timeout: Double?
    }

    /// A Sentinel.
    struct Host: Encodable, Equatable {
        let host: String
        let port: Int
    }

    let url: String
    var options = Options()
    var master: String?
    var sentinels: [Host]?
    var sentinel_options: Options?

    /// Translates a configuration.
    ///
    /// - Throws: `RedisSettingError` if a secret cannot be read.
    init(_ redis: RedisConfiguration) throws(RedisSettingError) {
        let endpoint = try redis.endpoint()
        let isPlain = redis.tls && redis.url.hasPrefix("redis://")
        url = isPlain ? "rediss" + redis.url.dropFirst(5) : redis.url
        // Where the URL says something itself, redis-py follows the URL.
        options.username = redis.username
        options.password = redis.password ?? (redis.passwordFile == nil ? nil : endpoint.password)
        options.take(endpoint.encryption)
        guard let group = endpoint.sentinels else { return }
        options.db = endpoint.database
        (options.username, options.password) = (endpoint.username, endpoint.password)
        options.ssl = endpoint.encryption == nil ? nil : true
        master = group.master
        sentinels = group.members.map { Host(host: $0.host, port: $0.port) }
        var asking = Options(
            username: group.username, password: group.password,
            ssl: group.encryption == nil ? nil : true, socket_timeout: 1)
        asking.take(group.encryption)
        sentinel_options = asking
    }
}

extension PythonRedis.Options {
    /// Says how a connection is encrypted, and leaves nothing to the defaults of a release.
    fileprivate mutating func take(_ encryption: Encryption?) {
        guard let encryption else { return }
        ssl_cert_reqs = encryption.verification == .none ? "none" : "required"
        ssl_check_hostname = encryption.verification == .full
        ssl_ca_certs = encryption.authorityFile
        ssl_ca_path = encryption.authorityDirectory
        ssl_certfile = encryption.certificateFile
        ssl_keyfile = encryption.keyFile
    }
}
