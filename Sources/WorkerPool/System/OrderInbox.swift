import CLinux
import FoundationEssentials
import Glibc

/// The worker's end of its order socket.
final class OrderInbox {
    private let ours: OwnedDescriptor

    /// Takes over a descriptor, non-blocking.
    init(adopting number: Int32) { ours = OwnedDescriptor(adopting: number) }

    /// For the fork and the event loop.
    var descriptor: Int32 { ours.number }

    /// What came of a look into the inbox.
    enum Delivery: Equatable {
        case order(WorkerOrder)
        /// A datagram that is no order: the master is of another mind than we are.
        case nonsense
        /// Nothing is there now.
        case nothing
        /// The master's end is closed.
        case end
    }

    /// The next order.
    func receive() -> Delivery {
        // Longer than any order that a socket takes.
        var room = [UInt8](repeating: 0, count: Self.longestOrder)
        let count = recv(descriptor, &room, room.count, Int32(MSG_DONTWAIT))
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .end }
        guard count > 0 else { return .end }
        do {
            return .order(try JSONDecoder().decode(WorkerOrder.self, from: Data(room[..<count])))
        } catch {
            return .nonsense
        }
    }

    /// Answers an order that asks something; never waits.
    ///
    /// - Returns: false when the master is gone or has not read what was sent before.
    @discardableResult
    func send(_ answer: WorkerAnswer) -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let bytes: Data
        do {
            bytes = try encoder.encode(answer)
        } catch {
            preconditionFailure("our own answers can be written as JSON: \(error)")
        }
        let sent = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        return sent == bytes.count
    }

    private static let longestOrder = 256 * 1024
}
