import CLinux
import Glibc

/// The path of a unix socket as the kernel wants it.
struct SocketAddress {
    /// The path in the file system.
    let path: String

    private var address = sockaddr_un()

    /// Checks a path.
    ///
    /// - Parameter path: 1 to 107 bytes, without a zero byte.
    /// - Throws: `unusablePath`.
    init(path: String) throws(ControlError) {
        self.path = path
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard !bytes.isEmpty, bytes.count < room.count, !bytes.contains(0) else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        guard fits else { throw .unusablePath(path) }
    }

    /// A new stream socket, closed on exec.
    static func open() throws(ControlError) -> OwnedDescriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(AF_UNIX, type, 0)
        guard number >= 0 else { throw .system(.last("socket", "unix stream")) }
        return OwnedDescriptor(adopting: number)
    }

    /// Binds a socket to this path; errno tells why not.
    func bind(_ descriptor: Int32) -> Bool {
        withPointer { Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// Connects a socket to this path; errno tells why not.
    func connect(_ descriptor: Int32) -> Bool {
        while true {
            if withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 { return true }
            guard errno == EINTR else { return false }
        }
    }

    private func withPointer(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
