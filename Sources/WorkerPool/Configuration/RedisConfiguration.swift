/// Where Redis is and how its keys begin.
public struct RedisConfiguration: Sendable, Equatable {
    /// The server, as redis-py writes it, or `sentinel://`; see `Endpoint`.
    ///
    /// May hold a password: print `SecretMask.hiding(in:)` of it, never the text itself.
    public var url: String
    /// What every key begins with, without the colon; matches `[A-Za-z0-9_.:{}-]+`.
    ///
    /// Source: RQ 3.0.0, `rq/defaults.py`, `RQ_KEY_PREFIX`. Older versions know only `rq`.
    public var keyPrefix: String
    /// The ACL user; nil for what the URL says.
    public var username: String?
    /// The password, never printed; nil for what the URL says.
    public var password: String?
    /// The file that holds the password; a bare name is a systemd credential.
    public var passwordFile: String?
    /// The number of the database, where `sentinels` says where to look.
    public var database: Int
    /// The Sentinels, `host[:port]` each; with any, `url` says nothing.
    public var sentinels: [String]
    /// The name under which the Sentinels watch the master.
    public var sentinelMaster: String
    /// Our ACL user at the Sentinels.
    public var sentinelUsername: String?
    /// Our password at the Sentinels, never printed.
    public var sentinelPassword: String?
    /// The file that holds the password of the Sentinels.
    public var sentinelPasswordFile: String?
    /// Whether the connections to the Sentinels are encrypted.
    public var sentinelTLS: Bool
    /// Whether the connection to the server is encrypted, as `rediss://` says too.
    public var tls: Bool
    /// What the server must prove, where the URL does not ask for less.
    public var tlsVerify: TLSVerification
    /// The file of the authorities that are believed; nil for the URL's, else the system's.
    public var tlsAuthorityFile: String?
    /// The file of our certificate.
    public var tlsCertificateFile: String?
    /// The file of its key; nil where the certificate's file holds it.
    public var tlsKeyFile: String?
    /// How long a connection may take to be made, where the URL does not say.
    public var connectTimeout: Duration
    /// How long Redis may leave a request unanswered, where the URL does not say.
    public var timeout: Duration

    /// What the server must prove, as the file names it.
    public enum TLSVerification: String, Sendable, CaseIterable {
        /// A certificate of a known authority for the host name.
        case full
        /// A certificate of a known authority.
        case ca
        /// Nothing.
        case none
    }

    /// Makes a Redis configuration; without arguments, the local server.
    public init(url: String = "redis://127.0.0.1:6379/0", keyPrefix: String = "rq") {
        self.url = url
        self.keyPrefix = keyPrefix
        database = 0
        sentinels = []
        sentinelMaster = "mymaster"
        sentinelTLS = false
        tls = false
        tlsVerify = .full
        connectTimeout = .seconds(5)
        timeout = .seconds(15)
    }
}
