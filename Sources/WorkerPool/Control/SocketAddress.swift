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

    /// Makes the path free for a new socket; one that somebody answers at is left alone.
    private func clear() throws(ControlError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = try Self.open()
        rqd_set_nonblocking(probe.number)
        // A full backlog is somebody, too.
        let isLive = connect(probe.number) || errno == EAGAIN
        guard !isLive else { throw .inUse(path: path) }
        guard errno == ECONNREFUSED else { throw .system(.last("connect", path)) }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .system(.last("unlink", path))
        }
    }

    /// A socket that listens at the path, non-blocking and with the mode 0660.
    ///
    /// A missing directory is made, if it is the last. A socket that nobody answers at is replaced.
    ///
    /// - Throws: `inUse` when somebody answers there, and what the system refuses.
    func listen() throws(ControlError) -> OwnedDescriptor {
        try clear()
        let descriptor = try Self.open()
        rqd_set_nonblocking(descriptor.number)
        // The mode must be right from the first moment on, so it is set by the mask.
        let mask = umask(0o117)
        var isBound = bind(descriptor.number)
        if !isBound, errno == ENOENT, Self.makeDirectory(of: path) {
            isBound = bind(descriptor.number)
        }
        let failure = SystemCallError.last("bind", path)
        umask(mask)
        guard isBound else { throw .system(failure) }
        guard Glibc.listen(descriptor.number, 16) == 0 else {
            throw .system(.last("listen", path))
        }
        return descriptor
    }

    /// Makes the last directory on the way to the socket, for all to enter.
    private static func makeDirectory(of path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
        let mask = umask(0o022)
        defer { umask(mask) }
        return mkdir(String(path[..<slash]), 0o755) == 0
    }
}
