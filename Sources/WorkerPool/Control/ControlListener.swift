import CLinux
import Glibc
import Logging

/// Answers a command, now or later, exactly once.
typealias ControlDesk = (ControlCommand, @escaping (ControlMessage.Reply) -> Void) -> Void

/// The door through which `rqd status` and others ask the master: a unix socket on the event loop.
///
/// Nothing here blocks: a client that does not read gets no more answers, one that says nothing is
/// sent away, and there are never more than a few.
///
/// *Master process.*
final class ControlListener {
    /// What a door lets through.
    struct Limits {
        /// How many clients may be connected at once.
        var clients = 16
        /// How long a client may be silent, or leave its answer unread.
        var idle: Duration = .seconds(30)
    }

    private let loop: EventLoop
    let path: String
    private let limits: Limits
    private let desk: ControlDesk
    private let listener: OwnedDescriptor
    private let identity: FileIdentity?
    private let owner = getpid()
    private let log = Logger(label: "rqd.control")
    private var source: DescriptorSource?
    private var clients: [Int32: ControlClient] = [:]

    /// Opens the door.
    ///
    /// A missing directory is made, when its parent is there. A socket that nobody answers at is
    /// replaced; one that somebody answers at is left alone.
    ///
    /// - Parameters:
    ///   - loop: the master's loop.
    ///   - path: where the socket shall be, 1 to 107 bytes; it gets the mode 0660.
    ///   - limits: what the door lets through.
    ///   - desk: answers what is asked.
    /// - Throws: `inUse` and the like when there can be no such socket.
    init(
        loop: EventLoop, path: String, limits: Limits = Limits(),
        desk: @escaping ControlDesk
    ) throws(ControlError) {
        self.loop = loop
        self.path = path
        self.limits = limits
        self.desk = desk
        let address = try SocketAddress(path: path)
        try Self.clear(address)
        listener = try Self.listen(at: address)
        identity = FileIdentity(of: path)
        do {
            source = try loop.onDescriptor(listener.number, .read) { [weak self] _ in
                self?.accept()
            }
        } catch {
            throw .system(error)
        }
    }

    deinit {
        guard getpid() == owner else { return }
        close()
    }

    /// Closes the door: no more clients, and the socket's file is gone.
    func close() {
        source?.cancel()
        source = nil
        for client in clients.values { client.end() }
        clients = [:]
        // Another daemon may have put its own socket there by now.
        if let identity, identity == FileIdentity(of: path) { unlink(path) }
    }

    /// Goes on with a door that another program has opened.
    ///
    /// - Parameters:
    ///   - listener: the socket that listens.
    ///   - path: where it lies.
    ///   - loop: the master's loop.
    ///   - desk: answers what is asked.
    /// - Throws: when the loop cannot watch it.
    init(
        adopting listener: Int32, at path: String, loop: EventLoop,
        desk: @escaping ControlDesk
    ) throws(SystemCallError) {
        self.loop = loop
        self.path = path
        self.desk = desk
        limits = Limits()
        rqd_set_cloexec(listener, 1)
        self.listener = OwnedDescriptor(adopting: listener)
        identity = FileIdentity(of: path)
        source = try loop.onDescriptor(listener, .read) { [weak self] _ in self?.accept() }
    }

    /// The socket that listens, for handing it on.
    var descriptor: Int32 { listener.number }

    private func accept() {
        while true {
            let number = Glibc.accept(listener.number, nil, nil)
            guard number >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno != EAGAIN {
                    let error = SystemCallError.last("accept", path)
                    log.warning("control socket failed", metadata: ["error": "\(error)"])
                }
                return
            }
            let descriptor = OwnedDescriptor(adopting: number)
            rqd_set_cloexec(number, 1)
            rqd_set_nonblocking(number)
            admit(descriptor)
        }
    }

    private func admit(_ descriptor: consuming OwnedDescriptor) {
        let number = descriptor.number
        guard clients.count < limits.clients else {
            let line = ControlMessage.encode(
                ControlMessage.reply(.unavailable("too many clients")))
            _ = line.withUnsafeBytes { send(number, $0.baseAddress, $0.count, Self.quietly) }
            return
        }
        do {
            clients[number] = try ControlClient(
                descriptor, loop: loop, idle: limits.idle, desk: desk
            ) { [weak self] in
                self?.clients[number] = nil
            }
        } catch {
            log.warning("control socket failed", metadata: ["error": "\(error)"])
        }
    }

    static let quietly = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

    /// Makes the path free for a new socket; one that somebody answers at is left alone.
    static func clear(_ address: SocketAddress) throws(ControlError) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: address.path) }
        let probe = try SocketAddress.open()
        rqd_set_nonblocking(probe.number)
        // A full backlog is somebody, too.
        let isLive = address.connect(probe.number) || errno == EAGAIN
        guard !isLive else { throw .inUse(path: address.path) }
        guard errno == ECONNREFUSED else { throw .system(.last("connect", address.path)) }
        guard unlink(address.path) == 0 || errno == ENOENT else {
            throw .system(.last("unlink", address.path))
        }
    }

    /// A socket at the path, with the mode 0660; a missing directory is made, if it is the last.
    static func listen(at address: SocketAddress) throws(ControlError) -> OwnedDescriptor {
        let descriptor = try SocketAddress.open()
        rqd_set_nonblocking(descriptor.number)
        // The mode must be right from the first moment on, so it is set by the mask.
        let mask = umask(0o117)
        var isBound = address.bind(descriptor.number)
        if !isBound, errno == ENOENT, makeDirectory(of: address.path) {
            isBound = address.bind(descriptor.number)
        }
        let failure = SystemCallError.last("bind", address.path)
        umask(mask)
        guard isBound else { throw .system(failure) }
        guard Glibc.listen(descriptor.number, 16) == 0 else {
            throw .system(.last("listen", address.path))
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

/// Which file a path leads to, whatever its name.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t

    /// Nil when there is no file.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}
