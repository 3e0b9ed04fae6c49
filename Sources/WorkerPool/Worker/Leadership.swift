import Glibc

/// A worker's part in its pool's turn of waiting on Redis.
///
/// *Worker process.* `PoolLead` has the rules; this has the socket on which the word comes.
final class Leadership {
    /// True while this worker is the one that hears of pushes.
    private(set) var isLeading = false

    private let lead: PoolLead
    private let slot: Int
    private let master = getppid()
    private var socket: PromotionSocket?

    /// Takes part in the turns of the assignment's pool.
    ///
    /// - Parameters:
    ///   - assignment: the worker's.
    ///   - loop: where to wait.
    ///   - promoted: hears that this worker leads now and has to look at its queues.
    /// - Throws: `SystemCallError` when the socket cannot be made.
    init(
        _ assignment: WorkerAssignment, on loop: EventLoop, promoted: @escaping () -> Void
    ) throws(SystemCallError) {
        lead = PoolLead(assignment.scoreboard, pool: assignment.poolNumber)
        slot = assignment.place
        let socket = try PromotionSocket(slot: slot, master: master)
        _ = try loop.onDescriptor(socket.descriptor, [.read]) { [weak self] _ in
            guard let self, socket.receive(), lead.leader == slot else { return }
            isLeading = true
            promoted()
        }
        self.socket = socket
    }

    /// Begins to wait: as the leader, or for being made it.
    func wait() { isLeading = lead.seek(slot) }

    /// Does not wait any more: there is a job, no link to Redis, or the end.
    func leave() {
        isLeading = false
        lead.leave(slot) { PromotionSocket.tell(slot: $0, master: master) }
    }
}
