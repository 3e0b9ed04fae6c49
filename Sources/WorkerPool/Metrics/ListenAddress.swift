import CLinux
import Glibc

/// Where the metrics are offered: an address of this machine, or a unix socket.
enum ListenAddress: Equatable {
    /// A port of an address, that in the host's byte order; 0 for all that the machine has.
    case ipv4(UInt32, port: UInt16)
    /// A port of an address, that in 16 bytes; zeros for all that the machine has.
    case ipv6([UInt8], port: UInt16)
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
        if host.hasPrefix("["), host.hasSuffix("]") {
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else {
                return nil
            }
            self = .ipv6(withUnsafeBytes(of: address) { Array($0) }, port: port)
            return
        }
        var address = in_addr()
        // No other name is looked up: a service must not wait for a name server at its start.
        let literal = host == "localhost" ? "127.0.0.1" : host
        guard inet_pton(AF_INET, literal, &address) == 1 else { return nil }
        self = .ipv4(UInt32(bigEndian: address.s_addr), port: port)
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
        case .ipv6(let bytes, let port):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
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
    /// Where the metrics are offered.
    static let listen = TextGrammar(
        expected: "an address of this machine such as \"127.0.0.1:9180\", \"localhost:9180\" or "
            + "\"[::]:9180\", \"unix:\" and an absolute path, or empty for none",
        accepts: { $0.isEmpty || ListenAddress($0) != nil })
}
