import CLinux
import FoundationEssentials
import Glibc

/// The socket on which the master tells a worker what to do, and hears what it asks; its end.
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

    /// What came of a look for an answer.
    enum Delivery: Equatable {
        case answer(WorkerAnswer)
        /// Nothing is there now, or nothing that makes sense.
        case nothing
        /// The worker's end is closed.
        case end
    }

    /// The next answer.
    func receive() -> Delivery {
        var room = [UInt8](repeating: 0, count: Self.longestAnswer)
        while true {
            let count = recv(descriptor, &room, room.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR { continue }
            if count < 0 { return errno == EAGAIN ? .nothing : .end }
            guard count > 0 else { return .end }
            do {
                let bytes = Data(room[..<count])
                return .answer(try JSONDecoder().decode(WorkerAnswer.self, from: bytes))
            } catch {
                continue
            }
        }
    }

    /// Longer than any answer that a socket takes.
    private static let longestAnswer = 256 * 1024

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
