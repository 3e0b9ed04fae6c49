/// What happens to the master's children: they are started, and they end.
extension MasterState {
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

    /// A stable that was started tells how the loading goes.
    mutating func stableIsHeard(_ index: Int, at now: MonotonicTime) {
        stables[index].beginLoading(at: now)
    }

    /// A stable has loaded the application.
    ///
    /// - Parameters:
    ///   - index: its number.
    ///   - hazards: what makes forking that unsafe.
    mutating func stableLoaded(_ index: Int, _ hazards: [ForkHazard] = []) {
        stables[index].endLoading()
        stables[index].found(hazards)
    }

    /// A stable takes long to load the application.
    ///
    /// - Parameters:
    ///   - index: its number.
    ///   - subject: what it is importing.
    ///   - place: where that is, "" for unknown.
    ///   - now: the present moment.
    /// - Returns: for how long, in whole seconds; nil where nobody listens.
    mutating func stableIsSlow(
        _ index: Int, _ subject: String, _ place: String, at now: MonotonicTime
    ) -> Int64? {
        stables[index].isSlow(subject, place, at: now)
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
            if scheduler?.runsOnce == true { return startWorkers() }
            if scheduler?.life == .over { scheduler = nil }
            return due(at: now)
        case .warmStop, .coldStop:
            scheduler?.close()
            return []
        case .closing:
            scheduler?.close()
            return finishWhenClosed()
        case .finished: return []
        }
    }

    /// A worker ended; `last` was in its record.
    mutating func workerEnded(
        slot: Int, _ ending: Ending, _ last: SlotReading, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        let isCrash = slots[slot].ended(ending, last, at: now)
        guard phase == .working else { return settleOrClose(slot, at: now, jitter: jitter) }
        if isRefusal(ending) {
            isMisconfigured = true
            misconfiguration = last.complaint
            if replacement != .never {
                slots[slot].close()
                return stopWarm(.terminate, at: now)
            }
        }
        if slots[slot].isRetiring { return afterRetirement(slot, at: now, jitter: jitter) }
        if isFinal(ending) {
            slots[slot].close()
            return closeWhenEmpty(at: now)
        }
        guard isCrash else { return [order(slot)] }
        return postpone(slot, at: now, jitter: jitter)
    }

    /// A stable ended, or could not be forked (`nil`).
    ///
    /// - Parameters:
    ///   - index: its number.
    ///   - ending: how it ended.
    ///   - failure: why it could not load the application, as it said itself.
    ///   - now: the present moment.
    ///   - jitter: 0 to 1.
    /// - Returns: what to do.
    mutating func stableEnded(
        _ index: Int, _ ending: Ending?, failure: String = "", at now: MonotonicTime,
        jitter: Double
    ) -> [MasterAction] {
        switch phase {
        case .working where isRefusal(ending) && !wasReady && !stables[index].isOnTrial:
            isMisconfigured = true
            misconfiguration = failure
            stables[index].close()
            return stopWarm(.terminate, at: now)
        case .working:
            stables[index].ended(ending, failure: failure, at: now, jitter: jitter)
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
}
