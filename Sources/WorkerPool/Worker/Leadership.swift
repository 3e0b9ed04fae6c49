import Glibc

/// A worker's part in its pool's turn of waiting on Redis.
///
/// *Worker process.* `LeadTurn` and `PoolLead` have the rules; this has the socket on which the
/// notifications come.
final class Leadership {
    private let lead: PoolLead
    private let record: SlotRecord
    private let promoted: () -> Void
    private let master = getppid()
    private var turn: LeadTurn
    private var socket: PromotionSocket?

    /// True while this worker is the one that acts when a queue changes.
    var isLeading: Bool { turn.isLeading }

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
        record = assignment.record
        self.promoted = promoted
        turn = LeadTurn(slot: assignment.place)
        let socket = try PromotionSocket(slot: assignment.place, master: master)
        _ = try loop.onDescriptor(socket.descriptor, [.read]) { [weak self] _ in
            guard let self, socket.receive() else { return }
            // The master sees by this that the leader is awake.
            record.progress += 1
            if heard(.notified) { promoted() }
        }
        self.socket = socket
    }

    /// Begins to wait after a look at the queues, or goes on: as the leader, or as one that may
    /// become it.
    func wait() {
        if heard(turn.takesPart ? .stays : .rests) { promoted() }
    }

    /// Does not wait any more: there is a job, or something that keeps this worker from running
    /// one.
    func leave() { _ = heard(.cannotLead) }

    private func heard(_ event: LeadTurn.Event) -> Bool {
        guard let step = turn.begin(event) else { return false }
        let leads = lead.run(step) { PromotionSocket.send(toSlot: $0, master: master) }
        return turn.ended(event, leads: leads)
    }
}
