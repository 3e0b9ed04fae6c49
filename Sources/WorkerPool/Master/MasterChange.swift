/// A reload or a restart that is under way, as the master decides about it.
///
/// A child looks at what is asked for; new stables are tried; then the workers take over or are
/// replaced. Until the last step everything can be refused and nothing has changed.
struct MasterChange: Equatable, Sendable {
    /// How far it has got.
    enum Step: Equatable, Sendable {
        /// A child tries the settings.
        case checking
        /// New stables load, and a canary waits for each.
        case trying
        /// In force; workers come up until this moment, or it is said that they do not.
        case replacing(until: MonotonicTime)
    }

    var step: Step
    /// The child that tries the settings; nil before it was forked, and when it has ended.
    var checker: Int32?
    /// The new stables whose canaries have not come back.
    var canaries: Set<Int> = []
    /// Their pids, by the stable's number, of those that were forked.
    var canaryPids: [Int: Int32] = [:]

    /// How long new workers may take to come up.
    static let patience = Duration.seconds(60)

    /// What has become of it.
    enum Result: Equatable, Sendable {
        /// All new stables work; `commit` comes next.
        case passed
        /// A new stable does not work; nothing has changed.
        case failed(stable: Int)
        /// All that can be done now is done.
        case done
        /// In force, but these slots have no worker yet.
        case late(slots: [Int])
    }
}

/// How a change is tried and made.
extension MasterState {
    /// A change is asked for.
    mutating func beginChange() -> [MasterAction] {
        precondition(phase == .working && change == nil, "one change at a time")
        change = MasterChange(step: .checking)
        return [.startCheck]
    }

    /// The child that tries the settings was forked.
    mutating func checkStarted(pid: Int32) { change?.checker = pid }

    /// That child has ended.
    mutating func checkEnded() { change?.checker = nil }

    /// These stables are new: each is started, and a canary tries it.
    mutating func tryOut(_ new: [Int: MasterStable]) -> [MasterAction] {
        change = MasterChange(step: .trying, canaries: Set(new.keys))
        var actions: [MasterAction] = []
        for (number, stable) in new.sorted(by: { $0.key < $1.key }) {
            if number == stables.count { stables.append(stable) } else { stables[number] = stable }
            stables[number].beginTrial()
            stables[number].ordered()
            actions += [.startStable(number), .startCanary(stable: number)]
        }
        return actions
    }

    /// A canary was forked.
    mutating func canaryStarted(stable: Int, pid: Int32) {
        guard change?.step == .trying else { return }
        change?.canaryPids[stable] = pid
    }

    /// A canary ended, or could not be forked.
    ///
    /// - Returns: what the trial has come to, nil while others are still out.
    mutating func canaryEnded(stable: Int, _ ending: Ending?) -> MasterChange.Result? {
        guard change?.step == .trying else { return nil }
        change?.canaries.remove(stable)
        change?.canaryPids[stable] = nil
        guard ending == .exited(code: 0) else { return .failed(stable: stable) }
        return change?.canaries.isEmpty == true ? .passed : nil
    }

    /// Nothing comes of the change: what was made for it goes.
    mutating func dropChange() -> [MasterAction] {
        guard let change else { return [] }
        self.change = nil
        if let checker = change.checker { return [.signal(pid: checker, .kill)] }
        guard change.step == .trying else { return [] }
        let canaries = change.canaryPids.values.map { MasterAction.signal(pid: $0, .kill) }
        let trials = stables.indices.filter { stables[$0].isOnTrial }
        return canaries + trials.flatMap { dismissStable($0) }
    }

    /// Makes the change.
    ///
    /// - Parameters:
    ///   - changes: what happens to which pool.
    ///   - new: by number, all pools as they are to be.
    ///   - now: the present moment.
    /// - Returns: what to do.
    mutating func commit(
        _ changes: [PoolChange], _ new: [MasterPool], at now: MonotonicTime
    ) -> [MasterAction] {
        for index in stables.indices where stables[index].isOnTrial { stables[index].endTrial() }
        change = MasterChange(step: .replacing(until: now + MasterChange.patience))
        var actions: [MasterAction] = []
        for change in changes {
            switch change {
            case .added(let pool):
                if pool == pools.count { pools.append(new[pool]) } else { pools[pool] = new[pool] }
                actions += fill(pool, at: now)
            case .removed(let pool):
                pools[pool].isGone = true
                pools[pool].wanted = 0
                actions += fill(pool, at: now)
            case .changed(let pool, let workers, let news):
                pools[pool].take(new[pool], workers: workers)
                if pools[pool].wanted > 0 { actions += orderStable(of: pool) }
                actions += tell(pool, news)
                actions += fill(pool, at: now)
            }
        }
        for action in actions {
            if case .startWorker(let start) = action { slots[start.slot].beAwaited() }
            if case .tell(let slot, .retire) = action { slots[slot].beAwaited() }
        }
        return actions + roll(at: now)
    }

    private mutating func tell(_ pool: Int, _ news: PoolNews) -> [MasterAction] {
        let ours = slots.indices.filter { slots[$0].pool == pool && slots[$0].isStaying }
        switch news {
        case .nothing: return []
        case .settings:
            return ours.filter { slots[$0].pid != nil }.map { .tellSettings(slot: $0) }
        case .replacement:
            for slot in ours { slots[slot].outdate() }
            return []
        }
    }

    /// Replaces workers that are out of date: busy ones after their job, of the others in each pool
    /// one after the other, each when the one before has come up.
    mutating func roll(at now: MonotonicTime) -> [MasterAction] {
        guard phase == .working else { return [] }
        var actions: [MasterAction] = []
        var isWaiting = Set(slots.lazy.filter { $0.isAwaited && !$0.isBusy }.map(\.pool))
        for slot in slots.indices where slots[slot].isOutdated && slots[slot].pid != nil {
            let pool = slots[slot].pool
            guard slots[slot].isBusy || !isWaiting.contains(pool) else { continue }
            if !slots[slot].isBusy { isWaiting.insert(pool) }
            slots[slot].replace()
            actions.append(.tell(slot: slot, .retire))
        }
        return actions + dismissUnusedStables()
    }

    /// What a change that is in force has come to, nil while there is something to wait for.
    mutating func changeResult(at now: MonotonicTime) -> MasterChange.Result? {
        guard case .replacing(let until) = change?.step else { return nil }
        let isRolling = slots.contains { $0.isOutdated && $0.pid != nil }
        // A busy one may take hours; nobody waits for that.
        let late = slots.indices.filter { slots[$0].isAwaited && !slots[$0].isBusy }
        if late.isEmpty && !isRolling { return .done }
        return until <= now ? .late(slots: late) : nil
    }

    /// Lets the stables go that no worker and no pool needs any more.
    private mutating func dismissUnusedStables() -> [MasterAction] {
        var used = Set(pools.lazy.filter { !$0.isGone }.compactMap(\.stable))
        for slot in slots where !slot.isVacant {
            used.formUnion([slot.stable, pools[slot.pool].stable].compactMap(\.self))
        }
        return stables.indices.filter {
            !used.contains($0) && !stables[$0].isOnTrial && !stables[$0].isDismissed
        }.flatMap { dismissStable($0) }
    }

    mutating func dismissStable(_ index: Int) -> [MasterAction] {
        stables[index].dismiss().map { [.signal(pid: $0, .kill)] } ?? []
    }

    /// Numbers that may be used again.
    var spare: RosterChange.Spare {
        let seated = Set(slots.lazy.filter { !$0.isVacant }.map(\.pool))
        return RosterChange.Spare(
            pools: Set(pools.indices.filter { pools[$0].isGone && !seated.contains($0) }),
            stables: Set(stables.indices.filter { stables[$0].isVacant }))
    }
}

extension MasterState {
    /// Which child of a change this is, if it is one.
    func childOfChange(_ pid: Int32) -> MasterChild? {
        guard let change else { return nil }
        if change.checker == pid { return .check }
        return change.canaryPids.first { $0.value == pid }.map { .canary(stable: $0.key) }
    }

    /// The scheduler is to work by other settings, or is wanted no more, or now.
    ///
    /// - Parameter isWanted: whether there is to be one.
    /// - Returns: what to do.
    mutating func changeScheduler(isWanted: Bool) -> [MasterAction] {
        guard isWanted else {
            let pid = scheduler?.askToEnd()
            if scheduler?.life == .over { scheduler = nil }
            return pid.map { [.signal(pid: $0, .warmStop)] } ?? []
        }
        guard scheduler != nil else {
            scheduler = MasterScheduler(runsOnce: false)
            scheduler?.ordered()
            return [.startScheduler]
        }
        return scheduler?.replace().map { [.signal(pid: $0, .warmStop)] } ?? []
    }
}
