import CLinux
import Glibc

/// One address that a socket can connect to, as the kernel takes it.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t = 0

    /// Whether this is an internet address.
    var isTCP: Bool { Int32(storage.ss_family) != AF_UNIX }

    /// Which family a socket for this address must have.
    var family: Int32 { Int32(storage.ss_family) }

    /// The addresses behind an endpoint, the preferred one first.
    ///
    /// Looking up a host name can take seconds: it asks the system's resolver and waits.
    ///
    /// - Parameter address: a host and port, or a path.
    /// - Returns: one address or more.
    /// - Throws: why there is none.
    static func all(
        of address: Endpoint.Address
    ) throws(ConnectFailure) -> [SocketAddress] {
        switch address {
        case .unix(let path): [try SocketAddress(path: path)]
        case .tcp(let host, let port): try lookUp(host: host, port: port)
        case .sentinel: preconditionFailure("a Sentinel is asked for the master's address first")
        }
    }

    /// Calls `connect` for a socket.
    ///
    /// - Parameter descriptor: a socket of this family.
    /// - Returns: 0, or the value of `errno`.
    func connect(_ descriptor: Int32) -> Int32 {
        let result = withUnsafeBytes(of: storage) { bytes in
            let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return Glibc.connect(descriptor, pointer, length)
        }
        return result == 0 ? 0 : errno
    }

    private init(path: String) throws(ConnectFailure) {
        let bytes = Array(path.utf8)
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let capacity = MemoryLayout<sockaddr_un>.size - offset
        guard bytes.count < capacity else {
            throw ConnectFailure(reason: "the path is longer than \(capacity - 1) bytes")
        }
        storage.ss_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &storage) { raw in
            raw[offset...].copyBytes(from: bytes)
        }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    private init(copying information: addrinfo) {
        length = information.ai_addrlen
        withUnsafeMutableBytes(of: &storage) { raw in
            let bytes = UnsafeRawBufferPointer(
                start: information.ai_addr, count: Int(information.ai_addrlen))
            raw.copyMemory(from: bytes)
        }
    }

    private static func lookUp(
        host: String, port: Int
    ) throws(ConnectFailure) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0 else {
            throw ConnectFailure(reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(found) }
        let addresses = sequence(first: found, next: { $0?.pointee.ai_next })
            .prefix { $0 != nil }
            .compactMap { $0.map { SocketAddress(copying: $0.pointee) } }
        guard !addresses.isEmpty else { throw ConnectFailure(reason: "the host has no address") }
        return addresses
    }
}

/// Why no connection came about, in words for `RedisError.connecting`.
struct ConnectFailure: Error {
    let reason: String
}
