/// Where a job is: asked of its worker, and still to be answered to whoever wants to know.
///
/// *Master process.* It keeps the worker's order socket open, so that nothing else must be known
/// when the worker dies. Only while a question is open does the loop listen there.
final class StackQuestion {
    /// The socket on which it was asked.
    let orders: OrderSocket
    /// Tells its answer from that to an earlier one, which may come too late.
    let number = MonotonicTime.now().nanoseconds
    private let job: String
    private let hasEnded: () -> Void
    private var waiting: [(ControlMessage.Reply) -> Void] = []
    private var source: DescriptorSource?
    private var timer: TimerSource?

    /// How long a worker may take: its own patience with the job's process, and some more.
    static let patience = WorkerState.stackDeadline + .seconds(2)

    /// Waits for the answer to a question that is about to be sent.
    ///
    /// - Parameters:
    ///   - job: the job's id, as the scoreboard has it.
    ///   - orders: where its worker is told things.
    ///   - loop: the master's loop.
    ///   - hasEnded: called once, after everybody was answered.
    /// - Throws: when the loop cannot listen there.
    init(
        about job: String, to orders: OrderSocket, on loop: EventLoop,
        hasEnded: @escaping () -> Void
    ) throws(SystemCallError) {
        self.job = job
        self.orders = orders
        self.hasEnded = hasEnded
        let timer = try loop.onTimer { [weak self] in self?.fail("its worker does not answer") }
        self.timer = timer
        timer.arm(after: Self.patience)
        do {
            source = try loop.onDescriptor(orders.descriptor, .read) { [weak self] _ in
                self?.listen()
            }
        } catch {
            timer.cancel()
            throw error
        }
    }

    /// Whether it asks about this job, so that one answer serves both.
    func isAbout(_ job: String, on orders: OrderSocket) -> Bool {
        self.job == job && self.orders === orders
    }

    /// Somebody else who wants to know.
    func add(_ answer: @escaping (ControlMessage.Reply) -> Void) { waiting.append(answer) }

    /// Tells everybody why there is no answer.
    func fail(_ reason: String) { finish(ControlMessage.reply(.unavailable(reason))) }

    private func listen() {
        while source != nil {
            switch orders.receive() {
            case .answer(let answer) where answer.question == number:
                if let stack = answer.stack {
                    return finish(ControlMessage.Reply(ok: true, stack: stack))
                }
                return fail(answer.reason ?? "its worker does not know")
            // Of an earlier question, to which the answer came too late.
            case .answer: continue
            case .nothing: return
            case .end: return fail("its worker has ended")
            }
        }
    }

    private func finish(_ reply: ControlMessage.Reply) {
        guard let source else { return }
        source.cancel()
        timer?.cancel()
        self.source = nil
        for answer in waiting { answer(reply) }
        waiting = []
        hasEnded()
    }
}
