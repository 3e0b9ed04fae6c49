/// As whom the jobs of a pool connect to Redis, if not as rqd does.
///
/// Rqd itself claims and records the jobs with its own user; this is what the jobs' code gets when it
/// asks for its connection.
public struct JobRedis: Sendable, Hashable, Codable {
    /// The ACL user.
    public var username: String?
    /// The password, never printed.
    public var password: String?
    /// The file that holds the password; a bare name is a systemd credential.
    public var passwordFile: String?
    /// Whether they connect without user and password.
    public var anonymous = false

    /// As rqd does.
    public init() {}

    /// Whether they connect as rqd does.
    var isDaemons: Bool { self == JobRedis() }
}

extension Schema {
    /// The keys of `[pool.NAME.redis]`.
    static let jobRedis: [Setting<JobRedis>] = [
        .optionalText(
            "username", \.username, .userName,
            "The ACL user as whom jobs connect; empty, with all of this section: as rqd does."),
        .secret(
            "password", \.password,
            "Its password; better kept out of this file, in `password_file`."),
        .optionalText(
            "password_file", \.passwordFile, .secretFile,
            "The file that holds the password; a bare name is a systemd credential."),
        .flag(
            "anonymous", \.anonymous,
            "Whether jobs connect without user and password, whatever `[redis]` says."),
    ]
}

extension RedisConfiguration {
    /// The same for the jobs of a pool: nothing of rqd's own user is in it where the pool has one.
    func forJobs(of pool: PoolConfiguration) -> RedisConfiguration {
        guard let own = pool.jobRedis, !own.isDaemons else { return self }
        var redis = self
        redis.url = Self.withoutUser(url)
        (redis.username, redis.password, redis.passwordFile) = (nil, nil, nil)
        guard !own.anonymous else { return redis }
        redis.username = own.username
        redis.password = own.password
        redis.passwordFile = own.passwordFile
        return redis
    }

    /// A URL without what it says of user and password, also where it is malformed.
    static func withoutUser(_ url: String) -> String {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var place = String(parts[0])
        if let at = place.lastIndex(of: "@") {
            let start = place.firstRange(of: "://")?.upperBound ?? place.startIndex
            if start <= at { place.removeSubrange(start...at) }
        }
        guard parts.count > 1 else { return place }
        let kept = parts[1].split(separator: "&").filter { pair in
            !["password=", "username=", "user="].contains { pair.hasPrefix($0) }
        }
        return kept.isEmpty ? place : place + "?" + kept.joined(separator: "&")
    }
}
