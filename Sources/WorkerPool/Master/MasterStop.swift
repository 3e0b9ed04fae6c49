/// How the service stops: everybody is asked, waited for, and in the end killed.
extension MasterState {
    /// Somebody asks the master to stop.
    mutating func asked(_ request: StopRequest, at now: MonotonicTime) -> [MasterAction] {
        switch phase {
        case .working:
            return request == .quit ? stopCold(at: now) : stopWarm(request, at: now)
        case .warmStop(let since, _) where request != .quit && now - since < Self.sameRequest:
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

    mutating func stopWarm(
        _ request: StopRequest, at now: MonotonicTime
    ) -> [MasterAction] {
        phase = .warmStop(since: now, by: request)
        closeIdleStables()
        // Its locks are free at once for a scheduler on another host.
        var actions = dropChange() + stopScheduler()
        for slot in slots.indices {
            let pool = pools[slots[slot].pool]
            let patience = pool.stopTimeout + pool.killGrace + MasterSlot.backstop
            actions += stop(slot, with: .warmStop, patience: patience, at: now)
        }
        return actions + closeWhenEmpty(at: now)
    }

    private mutating func stopCold(at now: MonotonicTime) -> [MasterAction] {
        phase = .coldStop
        closeIdleStables()
        // Its locks are free at once for a scheduler on another host.
        var actions = dropChange() + stopScheduler()
        for slot in slots.indices {
            let patience = pools[slots[slot].pool].killGrace + MasterSlot.backstop
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
    mutating func settleOrClose(
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

    mutating func giveUp(_ slot: Int, at now: MonotonicTime) -> [MasterAction] {
        isUnclean = true
        slots[slot].close()
        return [.unsettled(slot: slot)] + closeWhenEmpty(at: now)
    }

    /// With the last worker gone, the stables are told to end.
    mutating func closeWhenEmpty(at now: MonotonicTime) -> [MasterAction] {
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

    mutating func finishWhenClosed() -> [MasterAction] {
        guard stables.allSatisfy({ $0.life == .over }) else { return [] }
        guard scheduler.map({ $0.life == .over }) != false else { return [] }
        phase = .finished
        if isUnclean { return [.finish(exitCode: MasterExit.unclean)] }
        let code = isMisconfigured ? MasterExit.configuration : MasterExit.stopped
        return [.finish(exitCode: code)]
    }
}
