import Logging

/// What the master does when its state says so.
///
/// *Master process.*
extension Master {
    /// Obeys, in order.
    func perform(_ actions: [MasterAction]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: MasterAction) {
        switch action {
        case .startWorker(let start): startWorker(start)
        case .startStable(let index): startStable(index)
        case .askStable(let index): askWhereStableIs(index)
        case .hearStable(let index): tellWhereStableIs(index)
        case .startScheduler: startScheduler()
        case .startCheck: startCheck()
        case .startCanary(let stable): startCanary(stable)
        case .tell(let slot, let order): nursery.tell(state.slots[slot], order)
        case .tellSettings(let slot):
            let place = state.slots[slot]
            nursery.tell(place, .settings(nursery.roster.pools[place.pool]))
        case .scaled(let pool, let from, let to, let waited):
            nursery.logScaled(pool, from, to, waited: waited)
        case .vacated(let slot): nursery.vacate(state.slots[slot])
        case .signal(let pid, let signal): nursery.signal(pid, signal)
        case .postponed(let slot, let wait): nursery.logPostponed(state.slots[slot], wait)
        case .overdue(let slot): nursery.logOverdue(state.slots[slot])
        case .hung(let slot): nursery.logHung(state.slots[slot])
        case .stableHangs(let index):
            nursery.logHung(stable: index, pid: state.stables[index].pid ?? 0)
        case .unsettled(let slot): nursery.logUnsettled(state.slots[slot])
        case .finish(let exitCode):
            log.info("master stopped", metadata: ["status": "\(exitCode)"])
            notifier.ended(MasterStatus(of: state).line, at: .now())
            loop.stop(exitCode)
        }
    }

    private func startWorker(_ start: WorkerStart) {
        let now = MonotonicTime.now()
        let slot = state.slots[start.slot]
        if start.generation > 1 {
            scoreboard.metrics.workerRestarted(pool: nursery.roster.pools[slot.pool].name)
        }
        if let pid = nursery.startWorker(start, in: slot, isPaused: state.pools[slot.pool].isPaused)
        {
            state.workerStarted(slot: start.slot, pid: pid, at: now)
        } else {
            let jitter = Double.random(in: 0...1)
            perform(state.workerNotStarted(slot: start.slot, at: now, jitter: jitter))
        }
    }

    private func startStable(_ index: Int) {
        let now = MonotonicTime.now()
        loadingSources.removeValue(forKey: index)?.cancel()
        if let pid = nursery.startStable(index) {
            state.stableStarted(index, pid: pid, at: now)
            state.stableIsHeard(index, at: now)
            hearStable(index)
        } else {
            let jitter = Double.random(in: 0...1)
            perform(state.stableEnded(index, nil, at: now, jitter: jitter))
        }
    }

    private func startCanary(_ stable: Int) {
        if let pid = nursery.startCanary(stable) {
            state.canaryStarted(stable: stable, pid: pid)
        } else {
            canaryEnded(stable: stable, nil)
        }
    }

    private func startScheduler() {
        guard let scheduling else { return }
        let now = MonotonicTime.now()
        if let pid = nursery.startScheduler(scheduling) {
            state.schedulerStarted(pid: pid, at: now)
        } else {
            perform(state.schedulerEnded(at: now, jitter: .random(in: 0...1)))
        }
    }
}
