import CLinux
import Glibc

/// The socket on which an idle worker learns that nobody may be leading its pool.
///
/// A datagram socket at an abstract address made of the master's pid, in its namespace, and the
/// slot: containers may share the network, and with it all such addresses. What is in the
/// datagram does not matter: the scoreboard says who leads. A worker that is gone has none, and
/// the sender learns so.
final class PromotionSocket {
    private let socket: OwnedDescriptor

    /// For the event loop.
    var descriptor: Int32 { socket.number }

    /// Binds the socket of a slot.
    ///
    /// - Parameters:
    ///   - slot: the place on the scoreboard.
    ///   - master: the master's pid.
    /// - Throws: `SystemCallError` when the address is in use or there are no descriptors.
    init(slot: Int, master: Int32) throws(SystemCallError) {
        let made = try Self.make()
        let result = Self.withAddress(slot, master) { bind(made.number, $0, $1) }
        guard result == 0 else { throw .last("bind", "promotion socket of slot \(slot)") }
        socket = made
    }

    /// Takes what has come.
    ///
    /// - Returns: true if there was anything.
    func receive() -> Bool {
        var byte: UInt8 = 0
        var any = false
        while recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT)) >= 0 { any = true }
        return any
    }

    /// Notifies a slot's worker, from any process of the tree.
    ///
    /// - Returns: false when there is no such worker.
    static func send(toSlot slot: Int, master: Int32) -> Bool {
        guard let socket = try? make() else { return false }
        var byte: UInt8 = 1
        let sent = withAddress(slot, master) {
            sendto(socket.number, &byte, 1, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), $0, $1)
        }
        // A full buffer has the news in it already.
        return sent >= 0 || errno == EAGAIN
    }

    private static func make() throws(SystemCallError) -> OwnedDescriptor {
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard number >= 0 else { throw .last("socket", "promotion") }
        rqd_set_cloexec(number, 1)
        rqd_set_nonblocking(number)
        return OwnedDescriptor(adopting: number)
    }

    private static func withAddress<R>(
        _ slot: Int, _ master: Int32, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The zero in front makes the name abstract: no file, gone with its process.
        let name = [0] + Array("rqd/\(HostIdentity.pidNamespace)/\(master)/\(slot)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(length))
            }
        }
    }
}
