/// The Sentinels that know where a master is, and who we are to them.
///
/// Source: Redis's guidelines for Sentinel clients.
public struct SentinelGroup: Sendable, Equatable {
    /// A host and the port of the Sentinel there.
    public struct Member: Sendable, Equatable, CustomStringConvertible {
        /// A host name or IP address, without brackets.
        public var host: String
        /// From 1 to 65535; 26379 is usual.
        public var port: Int

        /// Names a Sentinel.
        public init(host: String, port: Int = 26379) {
            self.host = host
            self.port = port
        }

        /// `host:port`, as in a URL.
        public var description: String {
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// The name under which they watch the master.
    public var master: String
    /// The Sentinels, the first to be asked first; never empty.
    public var members: [Member]
    /// Our user at the Sentinels; nil for the default user.
    public var username: String?
    /// Our password at the Sentinels; nil to send none.
    public var password: String?
    /// How connections to the Sentinels are encrypted; nil for not at all.
    public var encryption: Encryption?

    /// Describes a group.
    public init(
        master: String, members: [Member], username: String? = nil, password: String? = nil,
        encryption: Encryption? = nil
    ) {
        self.master = master
        self.members = members
        self.username = username
        self.password = password
        self.encryption = encryption
    }
}
