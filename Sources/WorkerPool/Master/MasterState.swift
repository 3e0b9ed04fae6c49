/// What the master knows and how it decides: events in, actions out.
///
/// It reads no clock, makes no random number and touches no process: moments
/// and jitter come in as arguments. The rules are written down for operators in
/// `docs/SIGNALS.md` and for contributors in `docs/decisions/0003-processes.md`.
struct MasterState: ~Copyable {
    private(set) var phase = MasterPhase.working
    private(set) var slots: [MasterSlot]
    private(set) var stables: [MasterStable]
    private(set) var scheduler: MasterScheduler?
    private let replacement: WorkerReplacement
    private var isUnclean = false
    /// In the foreground: what was asked for cannot be done, and the log has said why.
    private var isMisconfigured = false

    /// Two SIGINT in this time are one press of Ctrl-C.
    static let samePress = Duration.milliseconds(100)
    /// How long a settling worker has when the time for stopping is over.
    static let settlingTime = Duration.seconds(5)
    /// How long the stables have to end.
    static let stableGrace = Duration.seconds(5)

    /// Nothing runs yet.
    init(
        slots: [MasterSlot], stables: [MasterStable], scheduler: MasterScheduler? = nil,
        replacement: WorkerReplacement
    ) {
        self.slots = slots
        self.stables = stables
        self.scheduler = scheduler
        self.replacement = replacement
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
        for index in stables.indices {
            stables[index].ordered()
            actions.append(.startStable(index))
        }
        if scheduler != nil {
            scheduler?.ordered()
            actions.append(.startScheduler)
        }
        return scheduler?.runsOnce == true ? actions : actions + startWorkers()
    }

    private mutating func startWorkers() -> [MasterAction] {
        var actions: [MasterAction] = []
        for slot in slots.indices { actions.append(order(slot)) }
        return actions
    }

    /// A worker was forked, as ordered.
    mutating func workerStarted(slot: Int, pid: Int32, at now: MonotonicTime) {
        slots[slot].started(pid: pid, at: now)
    }

    /// A worker could not be forked.
    mutating func workerNotStarted(
        slot: Int, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        guard phase == .working else { return giveUp(slot, at: now) }
        return postpone(slot, at: now, jitter: jitter)
    }

    /// A stable was forked, as ordered.
    mutating func stableStarted(_ index: Int, pid: Int32, at now: MonotonicTime) {
        stables[index].started(pid: pid, at: now)
    }

    /// The scheduler was forked, as ordered.
    mutating func schedulerStarted(pid: Int32, at now: MonotonicTime) {
        scheduler?.started(pid: pid, at: now)
    }

    /// The scheduler ended, or could not be forked.
    mutating func schedulerEnded(at now: MonotonicTime, jitter: Double) -> [MasterAction] {
        switch phase {
        case .working:
            scheduler?.ended(at: now, jitter: jitter)
            return scheduler?.runsOnce == true ? startWorkers() : due(at: now)
        case .warmStop, .coldStop:
            scheduler?.close()
            return []
        case .closing:
            scheduler?.close()
            return finishWhenClosed()
        case .finished: return []
        }
    }

    /// Whose pid this is.
    func child(of pid: Int32) -> MasterChild? {
        if scheduler?.pid == pid { return .scheduler }
        if let slot = slots.firstIndex(where: { $0.pid == pid }) { return .worker(slot: slot) }
        return stables.firstIndex { $0.pid == pid }.map { .stable($0) }
    }

    /// A worker ended; `last` was in its record.
    mutating func workerEnded(
        slot: Int, _ ending: Ending, _ last: SlotReading, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        let isCrash = slots[slot].ended(ending, last, at: now)
        guard phase == .working else { return settleOrClose(slot, at: now, jitter: jitter) }
        if isRefusal(ending) { isMisconfigured = true }
        if isFinal(ending) {
            slots[slot].close()
            return closeWhenEmpty(at: now)
        }
        guard isCrash else { return [order(slot)] }
        return postpone(slot, at: now, jitter: jitter)
    }

    /// A stable ended, or could not be forked (`nil`).
    mutating func stableEnded(
        _ index: Int, _ ending: Ending?, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        switch phase {
        case .working where isRefusal(ending) && !slots.contains { $0.hasEverRegistered }:
            isMisconfigured = true
            stables[index].close()
            return stopWarm(.terminate, at: now)
        case .working:
            stables[index].ended(ending, at: now, jitter: jitter)
            return due(at: now)
        case .warmStop, .coldStop:
            // Workers that finish what they have need no new horses.
            stables[index].close()
            return []
        case .closing:
            stables[index].close()
            return finishWhenClosed()
        case .finished: return []
        }
    }

    /// When `due` must be called at the latest, if nothing else happens.
    var nextDue: MonotonicTime? {
        var moments = slots.compactMap(\.nextDue) + stables.compactMap(\.nextDue)
        if let due = scheduler?.nextDue { moments.append(due) }
        if case .closing(let killAt) = phase { moments.append(killAt) }
        return moments.min()
    }

    /// Does what has become due.
    mutating func due(at now: MonotonicTime) -> [MasterAction] {
        var actions: [MasterAction] = []
        for slot in slots.indices { actions += slotDue(slot, at: now) }
        for index in stables.indices {
            stables[index].recoverIfWell(at: now)
            if stables[index].orderIfDue(at: now) { actions.append(.startStable(index)) }
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

    private mutating func slotDue(_ slot: Int, at now: MonotonicTime) -> [MasterAction] {
        slots[slot].recoverIfWell(at: now)
        guard let due = slots[slot].nextDue, due <= now else { return [] }
        let isOutOfTime = slots[slot].killAt.map { $0 <= now } == true
        guard isOutOfTime else { return [order(slot, settlesOnly: phase != .working)] }
        guard let pid = slots[slot].pid else { return giveUp(slot, at: now) }
        isUnclean = true
        slots[slot].killed()
        return [.overdue(slot: slot), .signal(pid: pid, .kill)]
    }

    /// Somebody asks the master to stop.
    mutating func asked(_ request: StopRequest, at now: MonotonicTime) -> [MasterAction] {
        switch phase {
        case .working:
            return request == .quit ? stopCold(at: now) : stopWarm(request, at: now)
        case .warmStop(let since, .interrupt)
        where request == .interrupt && now - since < Self.samePress:
            return []
        case .warmStop: return stopCold(at: now)
        case .coldStop, .closing, .finished: return []
        }
    }

    /// How long the stop can take at most, from now on.
    func stopTimeLeft(at now: MonotonicTime) -> Duration {
        let latest = slots.compactMap(\.killAt).max() ?? now
        return max(latest - now, .zero) + Self.settlingTime + Self.stableGrace
    }

    private mutating func stopWarm(
        _ request: StopRequest, at now: MonotonicTime
    ) -> [MasterAction] {
        phase = .warmStop(since: now, by: request)
        closeIdleStables()
        // Its locks are free at once for a scheduler on another host.
        var actions = stopScheduler()
        for slot in slots.indices {
            let patience = slots[slot].stopTimeout + slots[slot].killGrace + MasterSlot.backstop
            actions += stop(slot, with: .warmStop, patience: patience, at: now)
        }
        return actions + closeWhenEmpty(at: now)
    }

    private mutating func stopCold(at now: MonotonicTime) -> [MasterAction] {
        phase = .coldStop
        closeIdleStables()
        // Its locks are free at once for a scheduler on another host.
        var actions = stopScheduler()
        for slot in slots.indices {
            let patience = slots[slot].killGrace + MasterSlot.backstop
            actions += stop(slot, with: .coldStop, patience: patience, at: now)
        }
        return actions + closeWhenEmpty(at: now)
    }

    /// Tells a slot's worker to stop; where there is none, its debts are settled at once.
    private mutating func stop(
        _ slot: Int, with signal: SignalToChild, patience: Duration, at now: MonotonicTime
    ) -> [MasterAction] {
        switch slots[slot].life {
        case .up(let pid, _):
            slots[slot].limit(to: now + patience)
            // One that only settles is stopping already, and breaks nothing off.
            return slots[slot].settlesOnly ? [] : [.signal(pid: pid, signal)]
        case .down:
            guard slots[slot].debt != nil else {
                slots[slot].close()
                return []
            }
            slots[slot].limit(to: now + Self.settlingTime)
            return [order(slot, settlesOnly: true)]
        case .ordered, .over: return []
        }
    }

    /// During a stop, a worker is gone: it left nothing behind, or somebody must settle it.
    private mutating func settleOrClose(
        _ slot: Int, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        guard slots[slot].debt != nil else {
            slots[slot].close()
            return closeWhenEmpty(at: now)
        }
        if slots[slot].settlesOnly {
            guard let killAt = slots[slot].killAt, killAt > now, !slots[slot].isKilled else {
                return giveUp(slot, at: now)
            }
            return postpone(slot, at: now, jitter: jitter)
        }
        slots[slot].allowSettling(until: now + Self.settlingTime)
        return [order(slot, settlesOnly: true)]
    }

    private mutating func giveUp(_ slot: Int, at now: MonotonicTime) -> [MasterAction] {
        isUnclean = true
        slots[slot].close()
        return [.unsettled(slot: slot)] + closeWhenEmpty(at: now)
    }

    /// With the last worker gone, the stables are told to end.
    private mutating func closeWhenEmpty(at now: MonotonicTime) -> [MasterAction] {
        guard slots.allSatisfy({ $0.life == .over }) else { return [] }
        phase = .closing(killAt: now + Self.stableGrace)
        closeIdleStables()
        let pids = stables.compactMap(\.pid)
        return stopScheduler() + pids.map { .signal(pid: $0, .warmStop) } + finishWhenClosed()
    }

    private mutating func stopScheduler() -> [MasterAction] {
        scheduler?.askToEnd().map { [.signal(pid: $0, .warmStop)] } ?? []
    }

    /// A stable that is down stays down.
    private mutating func closeIdleStables() {
        for index in stables.indices where stables[index].pid == nil { stables[index].close() }
    }

    private mutating func finishWhenClosed() -> [MasterAction] {
        guard stables.allSatisfy({ $0.life == .over }) else { return [] }
        guard scheduler.map({ $0.life == .over }) != false else { return [] }
        phase = .finished
        if isUnclean { return [.finish(exitCode: MasterExit.unclean)] }
        let code = isMisconfigured ? MasterExit.configuration : MasterExit.stopped
        return [.finish(exitCode: code)]
    }

    /// How many workers were started in the place of one that ended.
    var restarts: Int { slots.reduce(0) { $0 + max($1.generation - 1, 0) } }

    /// Whether each slot has had a worker that registered.
    var isReady: Bool { slots.allSatisfy(\.hasEverRegistered) }

    /// The scoreboard was read.
    mutating func looked(_ readings: [SlotReading]) {
        precondition(readings.count == slots.count, "a reading for each slot")
        for slot in slots.indices where slots[slot].pid != nil { slots[slot].read(readings[slot]) }
    }

    private mutating func order(_ slot: Int, settlesOnly: Bool = false) -> MasterAction {
        // The first slot's first worker looks after what an earlier master left
        // behind; if it does not get so far, its successor does.
        let sweepsHost = slot == 0 && !slots[slot].hasEverRegistered && !settlesOnly
        return slots[slot].order(sweepsHost: sweepsHost, settlesOnly: settlesOnly)
    }

    private mutating func postpone(
        _ slot: Int, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        let wait = slots[slot].postpone(at: now, jitter: jitter)
        return wait == .zero ? slotDue(slot, at: now) : [.postponed(slot: slot, wait)]
    }

    /// Whether a worker that ended like this has no successor.
    private func isFinal(_ ending: Ending) -> Bool {
        switch replacement {
        case .always: false
        case .unlessFinished: ending == .exited(code: WorkerExit.finished)
        case .never:
            ending == .exited(code: WorkerExit.finished)
                || ending == .exited(code: WorkerExit.wantsSuccessor) || isRefusal(ending)
        }
    }

    /// Whether a child of a master in the foreground says that it cannot be as it is asked.
    private func isRefusal(_ ending: Ending?) -> Bool {
        replacement == .never && ending == .exited(code: MasterExit.configuration)
    }
}
