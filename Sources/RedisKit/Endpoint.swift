/// Where a Redis server is and who we are to it, as one URL says it.
///
/// Shape: `redis://[[user]:[password]@]host[:port][/database]` or
/// `unix://[[user]:[password]@]/path[?db=N]`. Every part may be percent-encoded; an IPv6 host
/// stands in brackets. Missing parts mean `localhost`, 6379, database 0, no password.
///
/// Source: redis-py, `redis/connection.py`, `parse_url`.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// Which socket leads to the server.
    public enum Address: Sendable, Equatable {
        /// A host name or IP address (without brackets) and a port from 1 to 65535.
        case tcp(host: String, port: Int)
        /// The path of a Unix socket.
        case unix(path: String)
    }

    /// Which socket leads to the server.
    public var address: Address
    /// The ACL user, or nil for the default user.
    public var username: String?
    /// The password, or nil to send none; in no description and no error.
    public var password: String?
    /// The number of the database, 0 or above.
    public var database: Int

    /// Describes a server.
    ///
    /// - Parameters:
    ///   - address: which socket leads to it.
    ///   - username: the ACL user, or nil for the default user.
    ///   - password: the password, or nil to send none.
    ///   - database: the number of the database, 0 or above.
    public init(
        address: Address, username: String? = nil, password: String? = nil, database: Int = 0
    ) {
        self.address = address
        self.username = username
        self.password = password
        self.database = database
    }

    /// The URL without the password, and without the database where it is 0.
    public var description: String {
        let user = username.map { "\($0)@" } ?? ""
        switch address {
        case .tcp(let host, let port):
            let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            return "redis://\(user)\(name):\(port)" + (database == 0 ? "" : "/\(database)")
        case .unix(let path):
            return "unix://\(user)\(path)" + (database == 0 ? "" : "?db=\(database)")
        }
    }

    /// What `dump` shows: the description, so that no password gets there either.
    public var customMirror: Mirror {
        Mirror(self, children: ["url": description], displayStyle: .struct)
    }
}
