import CLinux
import FoundationEssentials
import Glibc

/// The socket on which the master tells a worker what to do; the master's end.
///
/// *Master process.* A datagram is one order. The worker's end is inherited, so nobody else can
/// send on it, and an order that was sent before the worker listened waits for it.
final class OrderSocket {
    private let ours: OwnedDescriptor

    /// Makes a pair.
    ///
    /// - Returns: the master's end, and the one that the worker inherits.
    /// - Throws: `SystemCallError` when there are no descriptors.
    static func pair() throws(SystemCallError) -> (OrderSocket, OrderInbox) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .last("socketpair", "orders")
        }
        rqd_set_nonblocking(ends[1])
        return (OrderSocket(ends[0]), OrderInbox(adopting: ends[1]))
    }

    private init(_ descriptor: Int32) { ours = OwnedDescriptor(adopting: descriptor) }

    /// Takes over the end that another program has had.
    init(adopting descriptor: Int32) {
        rqd_set_cloexec(descriptor, 1)
        ours = OwnedDescriptor(adopting: descriptor)
    }

    /// For handing it on.
    var descriptor: Int32 { ours.number }

    /// Sends an order; never waits.
    ///
    /// - Returns: false when the worker is gone, does not read, or the order is too long.
    func send(_ order: WorkerOrder) -> Bool {
        let bytes: Data
        do {
            bytes = try JSONEncoder().encode(order)
        } catch {
            preconditionFailure("our own orders can be written as JSON: \(error)")
        }
        let sent = bytes.withUnsafeBytes {
            Glibc.send(ours.number, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        return sent == bytes.count
    }
}
