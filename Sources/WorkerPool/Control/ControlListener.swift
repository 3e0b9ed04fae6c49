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
    private let log = Logger(label: "rqd.control")
    private var socket: ListeningSocket?
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
    convenience init(
        loop: EventLoop, path: String, limits: Limits = Limits(),
        desk: @escaping ControlDesk
    ) throws(ControlError) {
        let socket = try SocketAddress(path: path).listen()
        do {
            try self.init(socket, at: path, loop, limits, desk)
        } catch {
            throw .system(error)
        }
    }

    /// Goes on with a door that another program has opened.
    ///
    /// - Parameters:
    ///   - listener: the socket that listens.
    ///   - path: where it lies.
    ///   - loop: the master's loop.
    ///   - desk: answers what is asked.
    /// - Throws: when the loop cannot watch it.
    convenience init(
        adopting listener: Int32, at path: String, loop: EventLoop,
        desk: @escaping ControlDesk
    ) throws(SystemCallError) {
        rqd_set_cloexec(listener, 1)
        try self.init(OwnedDescriptor(adopting: listener), at: path, loop, Limits(), desk)
    }

    private init(
        _ socket: consuming OwnedDescriptor, at path: String, _ loop: EventLoop, _ limits: Limits,
        _ desk: @escaping ControlDesk
    ) throws(SystemCallError) {
        self.loop = loop
        self.path = path
        self.limits = limits
        self.desk = desk
        self.socket = try ListeningSocket(
            socket, at: path, on: loop, failed: { [weak self] in self?.fail($0) },
            admit: { [weak self] in self?.admit($0) })
    }

    deinit { if socket?.isOurs == true { close() } }

    /// Closes the door: no more clients, and the socket's file is gone.
    func close() {
        socket?.close()
        for client in clients.values { client.end() }
        clients = [:]
    }

    /// The socket that listens, for handing it on; nil before there is one.
    var descriptor: Int32? { socket?.descriptor }

    private func fail(_ error: SystemCallError) {
        log.warning("control socket failed", metadata: ["error": "\(error)"])
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
            fail(error)
        }
    }

    static let quietly = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
}
