/// What the master knows and how it decides: events in, actions out.
///
/// It reads no clock, makes no random number and touches no process: moments
/// and jitter come in as arguments. The rules are written down for operators in
/// `docs/SIGNALS.md` and for contributors in `docs/decisions/0003-processes.md`.
struct MasterState: ~Copyable {
    var phase = MasterPhase.working
    /// By place on the scoreboard; a vacant one is used again.
    var slots: [MasterSlot] = []
    /// By number; that of a pool which is gone is used again.
    var pools: [MasterPool]
    var stables: [MasterStable]
    var scheduler: MasterScheduler?
    let replacement: WorkerReplacement
    /// How many slots there may be at most.
    let room: Int
    var isUnclean = false
    /// What was asked for cannot be done, and the log has said why.
    var isMisconfigured = false
    /// Why not, in one line; "" where nobody has said.
    var misconfiguration = ""
    /// Whether all workers had come up once: what the configuration names can be loaded.
    var wasReady = false
    /// Whether a worker has looked after what an earlier master left behind.
    var hasSwept = false
    /// The reload or restart that is under way.
    var change: MasterChange?
    /// Why the last one was refused; "" for nothing.
    var refusal = ""
    /// What slots that are no more have done.
    var past = MasterPast()

    /// Two requests to stop warmly in this time count as one: programs pass a signal on that
    /// others have sent as well.
    ///
    /// Source: RQ 3.0.0, `rq/worker/base.py`, `request_force_stop`.
    static let sameRequest = Duration.seconds(1)
    /// How long a settling worker has when the time for stopping is over.
    static let settlingTime = Duration.seconds(5)
    /// How long the stables have to end.
    static let stableGrace = Duration.seconds(5)

    /// Nothing runs yet.
    ///
    /// - Parameters:
    ///   - pools: those of the configuration; their slots are laid out in this order.
    ///   - stables: the interpreters that the pools name.
    ///   - scheduler: nil where there is none.
    ///   - replacement: whether a worker that ends of itself is replaced.
    ///   - room: how many slots there may be, those of the pools included.
    init(
        pools: [MasterPool], stables: [MasterStable], scheduler: MasterScheduler? = nil,
        replacement: WorkerReplacement, room: Int
    ) {
        self.pools = pools
        self.stables = stables
        self.scheduler = scheduler
        self.replacement = replacement
        self.room = room
        for pool in pools.indices {
            for number in 0..<pools[pool].wanted {
                slots.append(MasterSlot(index: slots.count, pool: pool, number: number))
            }
        }
    }

    /// Starts everything: the stables first, because loading takes them longest.
    ///
    /// Workers that end when there is nothing to do wait for a scheduler that does everything once.
    mutating func start() -> [MasterAction] {
        guard !slots.isEmpty || replacement == .always else {
            phase = .finished
            return [.finish(exitCode: MasterExit.stopped)]
        }
        var actions: [MasterAction] = []
        for slot in slots.indices { actions += orderStable(of: slots[slot].pool) }
        if scheduler != nil {
            scheduler?.ordered()
            actions.append(.startScheduler)
        }
        return scheduler?.runsOnce == true ? actions : actions + startWorkers()
    }

    mutating func startWorkers() -> [MasterAction] {
        var actions: [MasterAction] = []
        for slot in slots.indices { actions.append(order(slot)) }
        return actions
    }

    /// Starts the stable that a pool's workers need, if it has never been.
    mutating func orderStable(of pool: Int) -> [MasterAction] {
        guard let stable = pools[pool].stable, stables[stable].isUntouched else { return [] }
        stables[stable].ordered()
        return [.startStable(stable)]
    }

    /// Whose pid this is.
    func child(of pid: Int32) -> MasterChild? {
        if scheduler?.pid == pid { return .scheduler }
        if let child = childOfChange(pid) { return child }
        if let slot = slots.firstIndex(where: { $0.pid == pid }) { return .worker(slot: slot) }
        return stables.firstIndex { $0.pid == pid }.map { .stable($0) }
    }

    /// When `due` must be called at the latest, if nothing else happens.
    var nextDue: MonotonicTime? {
        var moments = slots.compactMap(\.nextDue) + stables.compactMap(\.nextDue)
        if let due = scheduler?.nextDue { moments.append(due) }
        if case .closing(let killAt) = phase { moments.append(killAt) }
        if case .replacing(let until) = change?.step { moments.append(until) }
        return moments.min()
    }

    /// Does what has become due.
    mutating func due(at now: MonotonicTime) -> [MasterAction] {
        var actions = watch(at: now)
        for slot in slots.indices { actions += slotDue(slot, at: now) }
        for index in stables.indices {
            stables[index].recoverIfWell(at: now)
            if stables[index].orderIfDue(at: now) { actions.append(.startStable(index)) }
            if let isQuestion = stables[index].lookIfDue(at: now) {
                actions.append(isQuestion ? .askStable(index) : .hearStable(index))
            }
        }
        scheduler?.recoverIfWell(at: now)
        if scheduler?.orderIfDue(at: now) == true { actions.append(.startScheduler) }
        if case .closing(let killAt) = phase, killAt <= now {
            let pids = stables.compactMap(\.pid) + [scheduler?.pid].compactMap(\.self)
            actions += pids.map { .signal(pid: $0, .kill) }
            isUnclean = true
            phase = .closing(killAt: now + Self.stableGrace)
        }
        return actions
    }

    /// Finds workers that hang: they have not made a step for longer than they promised.
    ///
    /// The scoreboard has just been read.
    mutating func watch(at now: MonotonicTime) -> [MasterAction] {
        var actions: [MasterAction] = []
        for slot in slots.indices where slots[slot].hangs(at: now) {
            guard let pid = slots[slot].pid else { continue }
            slots[slot].killed()
            actions += [.hung(slot: slot), .signal(pid: pid, .kill)]
        }
        return actions
    }

    mutating func slotDue(_ slot: Int, at now: MonotonicTime) -> [MasterAction] {
        slots[slot].recoverIfWell(at: now)
        guard let due = slots[slot].nextDue, due <= now else { return [] }
        let isOutOfTime = slots[slot].killAt.map { $0 <= now } == true
        guard isOutOfTime else {
            guard slots[slot].pid == nil else { return [] }
            let settlesOnly = phase != .working || slots[slot].isRetiring
            return [order(slot, settlesOnly: settlesOnly)]
        }
        guard let pid = slots[slot].pid else { return giveUp(slot, at: now) }
        isUnclean = true
        slots[slot].killed()
        return [.overdue(slot: slot), .signal(pid: pid, .kill)]
    }

    /// How many workers were started in the place of one that ended.
    var restarts: Int { slots.reduce(past.restarts) { $0 + $1.restarts } }

    /// Whether each slot has had a worker that registered; those that are to go do not count.
    var isReady: Bool { slots.allSatisfy { $0.hasEverRegistered || $0.isVacant || $0.isRetiring } }

    /// The scoreboard was read.
    mutating func looked(_ readings: [SlotReading]) {
        precondition(readings.count == slots.count, "a reading for each slot")
        for slot in slots.indices where slots[slot].pid != nil { slots[slot].read(readings[slot]) }
        if slots.first?.hasEverRegistered == true { hasSwept = true }
        if !wasReady { wasReady = isReady }
    }

    mutating func order(_ slot: Int, settlesOnly: Bool = false) -> MasterAction {
        // The first slot's first worker looks after what an earlier master left
        // behind; if it does not get so far, its successor does.
        let sweepsHost = slot == 0 && !hasSwept && !settlesOnly
        return slots[slot].order(
            sweepsHost: sweepsHost, settlesOnly: settlesOnly, stable: pools[slots[slot].pool].stable
        )
    }

    mutating func postpone(
        _ slot: Int, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        let wait = slots[slot].postpone(at: now, jitter: jitter)
        return wait == .zero ? slotDue(slot, at: now) : [.postponed(slot: slot, wait)]
    }

    /// Whether a worker that ended like this has no successor.
    func isFinal(_ ending: Ending) -> Bool {
        switch replacement {
        case .always: false
        case .unlessFinished: ending == .exited(code: WorkerExit.finished)
        case .never:
            ending == .exited(code: WorkerExit.finished)
                || ending == .exited(code: WorkerExit.wantsSuccessor) || isRefusal(ending)
        }
    }

    /// Whether a child says that it cannot be as it is asked, and nobody waits for that to change:
    /// in the foreground, and until the service has been up.
    func isRefusal(_ ending: Ending?) -> Bool {
        guard ending == .exited(code: MasterExit.configuration) else { return false }
        return replacement == .never || !wasReady
    }
}
