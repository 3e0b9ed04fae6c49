/// Where Redis is and how its keys begin.
public struct RedisConfiguration: Sendable, Equatable {
    /// The server, as redis-py writes it: `redis://host:port/db` or `unix:///path?db=n`.
    ///
    /// May hold a password: print `SecretMask.hiding(in:)` of it, never the text itself.
    public var url: String
    /// What every key begins with, without the colon; matches `[A-Za-z0-9_.:{}-]+`.
    ///
    /// Source: RQ 3.0.0, `rq/defaults.py`, `RQ_KEY_PREFIX`. Older versions know only `rq`.
    public var keyPrefix: String

    /// Makes a Redis configuration; without arguments, the local server.
    public init(url: String = "redis://127.0.0.1:6379/0", keyPrefix: String = "rq") {
        self.url = url
        self.keyPrefix = keyPrefix
    }
}
