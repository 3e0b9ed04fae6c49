import CLinux
import Glibc

/// Where the numbers are offered: an address that only this machine can reach, or a unix socket.
enum ListenAddress: Equatable {
    /// A port of 127.0.0.0/8; the address in the host's byte order.
    case ipv4(UInt32, port: UInt16)
    /// A port of ::1.
    case ipv6(port: UInt16)
    /// A path.
    case unix(String)

    /// Reads what `[metrics] listen` says; nil for what it may not.
    init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard TextGrammar.socket.accepts(path), !path.isEmpty else { return nil }
            self = .unix(path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = String(text[..<colon])
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits), port > 0
        else { return nil }
        if host == "[::1]" {
            self = .ipv6(port: port)
            return
        }
        var address = in_addr()
        guard inet_pton(AF_INET, host, &address) == 1 else { return nil }
        let number = UInt32(bigEndian: address.s_addr)
        guard number >> 24 == 127 else { return nil }
        self = .ipv4(number, port: port)
    }

    /// A socket that listens there, non-blocking and closed on exec.
    ///
    /// - Throws: when the kernel refuses it, or another process listens there.
    func listen() throws(ControlError) -> OwnedDescriptor {
        switch self {
        case .unix(let path):
            return try SocketAddress(path: path).listen()
        case .ipv4(let number, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = number.bigEndian
            return try Self.listen(AF_INET, at: address, "port \(port)")
        case .ipv6(let port):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
            return try Self.listen(AF_INET6, at: address, "port \(port)")
        }
    }

    private static func listen<Address>(
        _ family: Int32, at address: Address, _ subject: String
    ) throws(ControlError) -> OwnedDescriptor {
        let kind =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let number = socket(family, kind, 0)
        guard number >= 0 else { throw .system(.last("socket", subject)) }
        let descriptor = OwnedDescriptor(adopting: number)
        var yes: Int32 = 1
        // Connections that have just ended do not keep the next daemon from the port.
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let isBound = withUnsafeBytes(of: address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
                return false
            }
            return bind(number, pointer, socklen_t(bytes.count)) == 0
        }
        guard isBound else { throw .system(.last("bind", subject)) }
        guard Glibc.listen(number, 16) == 0 else { throw .system(.last("listen", subject)) }
        return descriptor
    }
}

extension TextGrammar {
    /// Where the numbers are offered; they need no password, so only this machine may reach them.
    static let listen = TextGrammar(
        expected: "an address of this machine alone such as \"127.0.0.1:9180\" or \"[::1]:9180\", "
            + "\"unix:\" and an absolute path, or empty for none",
        accepts: { $0.isEmpty || ListenAddress($0) != nil })
}
