import CLinux
import Glibc

/// A socket that listens: hands over whoever connects, and takes its file away in the end.
///
/// Nothing blocks. Some connections are taken at a time, so that others of the loop's have their
/// turn in between.
final class ListeningSocket {
    private let socket: OwnedDescriptor
    private let path: String?
    private let identity: FileIdentity?
    private let owner = getpid()
    private let failed: (SystemCallError) -> Void
    private let admit: (consuming OwnedDescriptor) -> Void
    private var source: DescriptorSource?

    /// How many connections are taken at a time.
    private static let turn = 16

    /// Waits for connections from now on.
    ///
    /// - Parameters:
    ///   - socket: non-blocking; it listens.
    ///   - path: where its file lies; nil where it has none.
    ///   - loop: where to wait.
    ///   - failed: told what the system refuses.
    ///   - admit: given each connection, non-blocking and closed on exec.
    /// - Throws: when the loop cannot watch it.
    init(
        _ socket: consuming OwnedDescriptor, at path: String?, on loop: EventLoop,
        failed: @escaping (SystemCallError) -> Void,
        admit: @escaping (consuming OwnedDescriptor) -> Void
    ) throws(SystemCallError) {
        self.socket = socket
        self.path = path
        self.failed = failed
        self.admit = admit
        identity = path.flatMap { FileIdentity(of: $0) }
        source = try loop.onDescriptor(self.socket.number, .read) { [weak self] _ in
            self?.accept()
        }
    }

    deinit { close() }

    /// For handing it on to another program.
    var descriptor: Int32 { socket.number }

    /// Whether this process has made it; a forked child only has a copy.
    var isOurs: Bool { getpid() == owner }

    /// Takes nobody any more; its file is gone.
    func close() {
        guard isOurs else { return }
        source?.cancel()
        source = nil
        // Another daemon may have put its own socket there by now.
        if let path, let identity, identity == FileIdentity(of: path) { unlink(path) }
    }

    private func accept() {
        for _ in 0..<Self.turn {
            let number = Glibc.accept(socket.number, nil, nil)
            guard number >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno != EAGAIN { failed(.last("accept", path ?? "a port")) }
                return
            }
            rqd_set_cloexec(number, 1)
            rqd_set_nonblocking(number)
            admit(OwnedDescriptor(adopting: number))
        }
    }
}
