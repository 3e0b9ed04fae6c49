import CLinux
import Glibc

/// The way into the journal: a datagram socket that each process opens for itself.
///
/// libsystemd's `sd_journal_sendv` keeps its socket in a hidden variable. A child that closes the
/// descriptors it inherited would go on writing log entries to that number, which may be its Redis
/// connection by then. This class remembers which process opened the socket and opens another after
/// a fork.
///
/// `@unchecked Sendable`: every process of rqd has one thread, which is what makes its forks safe.
final class JournalSocket: @unchecked Sendable {
    /// Where systemd-journald listens.
    static let standardPath = "/run/systemd/journal/socket"

    private let path: String
    private var descriptor: Int32 = -1
    private var owner: pid_t = 0
    private var lost = 0
    private var isStuck = false

    /// A way to the journal; nothing is opened yet.
    ///
    /// - Parameter path: the journal's socket.
    init(path: String = JournalSocket.standardPath) {
        self.path = path
    }

    deinit {
        if descriptor >= 0, owner == getpid() { close(descriptor) }
    }

    /// Sends an entry.
    ///
    /// A journal that reads nothing for a second loses the entry, and the next ones at once, until
    /// it reads again: logging must not hang the supervisor.
    ///
    /// - Parameter entry: the datagram.
    /// - Returns: false when there is no journal to send to; the caller has to say it elsewhere.
    func send(_ entry: [UInt8]) -> Bool {
        guard openIfNeeded() else { return false }
        if transmit(entry) {
            isStuck = false
            return true
        }
        switch errno {
        case EAGAIN, ENOBUFS, EMSGSIZE:
            isStuck = errno == EAGAIN
            lost += 1
            return true
        default:
            // journald was restarted: a new socket finds the new one, or there is none.
            close(descriptor)
            descriptor = -1
            return openIfNeeded() && transmit(entry)
        }
    }

    /// How many entries were lost since this was last asked; 0 while the journal is stuck.
    func takeLost() -> Int {
        guard !isStuck else { return 0 }
        defer { lost = 0 }
        return lost
    }

    private func transmit(_ entry: [UInt8]) -> Bool {
        let flags = Int32(MSG_NOSIGNAL) | (isStuck ? Int32(MSG_DONTWAIT) : 0)
        while true {
            let sent = entry.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
            }
            if sent >= 0 { return true }
            if errno != EINTR { return false }
        }
    }

    private func openIfNeeded() -> Bool {
        let me = getpid()
        if descriptor >= 0, owner == me { return true }
        // After a fork the old number belongs to the parent, or to something else here: leave it.
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        owner = me
        guard descriptor >= 0 else { return false }
        var bufferBytes: Int32 = 8 << 20
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDBUF, &bufferBytes, socklen_t(MemoryLayout<Int32>.size))
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard connectToJournal() else {
            close(descriptor)
            descriptor = -1
            return false
        }
        return true
    }

    private func connectToJournal() -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard bytes.count < room.count else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        guard fits else { return false }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
