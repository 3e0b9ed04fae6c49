/// Where a Redis server is and who we are to it, as one URL says it.
///
/// Shape: `redis://[[user]:[password]@]host[:port][/database]`, `rediss://` for TLS,
/// `unix://[[user]:[password]@]/path[?db=N]`, or for a master that Sentinels know
/// `sentinel://[[user]:[password]@]host[:port][,host[:port]…]/master[/database]`. Every part may
/// be percent-encoded; an IPv6 host stands in brackets. Missing parts mean `localhost`, 6379
/// (26379 for a Sentinel), database 0, no password.
///
/// Source: redis-py, `redis/connection.py`, `parse_url`, for all but `sentinel://`.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// Which socket leads to the server.
    public enum Address: Sendable, Equatable {
        /// A host name or IP address (without brackets) and a port from 1 to 65535.
        case tcp(host: String, port: Int)
        /// The path of a Unix socket.
        case unix(path: String)
        /// Wherever Sentinels say that the master is now.
        case sentinel(SentinelGroup)
    }

    /// Which socket leads to the server.
    public var address: Address
    /// The ACL user, or nil for the default user.
    public var username: String?
    /// The password, or nil to send none; in no description and no error.
    public var password: String?
    /// The number of the database, 0 or above.
    public var database: Int
    /// How the connection to the server is encrypted; nil for not at all.
    public var encryption: Encryption?
    /// How long the server may leave a request unanswered, where the URL says it.
    public var timeout: Duration?
    /// How long a connection may take to be made, where the URL says it.
    public var connectTimeout: Duration?

    /// Describes a server.
    ///
    /// - Parameters:
    ///   - address: which socket leads to it.
    ///   - username: the ACL user, or nil for the default user.
    ///   - password: the password, or nil to send none.
    ///   - database: the number of the database, 0 or above.
    ///   - encryption: how the connection is encrypted; nil for not at all.
    public init(
        address: Address, username: String? = nil, password: String? = nil, database: Int = 0,
        encryption: Encryption? = nil
    ) {
        self.address = address
        self.username = username
        self.password = password
        self.database = database
        self.encryption = encryption
    }

    /// The Sentinels to be asked first; nil where the address is known.
    public var sentinels: SentinelGroup? {
        guard case .sentinel(let group) = address else { return nil }
        return group
    }

    /// Whether it is a port without encryption.
    var isPlainTCP: Bool {
        guard case .tcp = address else { return false }
        return encryption == nil
    }

    /// The same with the address that a Sentinel has told.
    func found(at master: SentinelGroup.Member) -> Endpoint {
        var endpoint = self
        endpoint.address = .tcp(host: master.host, port: master.port)
        return endpoint
    }

    /// One of the Sentinels.
    func sentinel(_ member: SentinelGroup.Member, of group: SentinelGroup) -> Endpoint {
        Endpoint(
            address: .tcp(host: member.host, port: member.port), username: group.username,
            password: group.password, encryption: group.encryption)
    }

    /// The URL without the password, and without the database where it is 0.
    public var description: String {
        let user = username.map { "\($0)@" } ?? ""
        let path = database == 0 ? "" : "/\(database)"
        switch address {
        case .tcp(let host, let port):
            let scheme = encryption == nil ? "redis" : "rediss"
            let name = SentinelGroup.Member(host: host, port: port)
            return "\(scheme)://\(user)\(name)\(path)"
        case .unix(let socket):
            return "unix://\(user)\(socket)" + (database == 0 ? "" : "?db=\(database)")
        case .sentinel(let group):
            let members = group.members.map(\.description).joined(separator: ",")
            return "sentinel://\(user)\(members)/\(group.master)\(path)"
        }
    }

    /// What `dump` shows: the description, so that no password gets there either.
    public var customMirror: Mirror {
        Mirror(self, children: ["url": description], displayStyle: .struct)
    }
}
