/// How pools grow and shrink while they work.
extension MasterState {
    /// A pool is to have this many workers.
    ///
    /// More are started at once. Fewer: those that do not work go first, then those that wait for
    /// work, then those that are busy, after their job.
    ///
    /// - Returns: what to do; nothing once the service stops.
    mutating func scale(pool: Int, to count: Int, at now: MonotonicTime) -> [MasterAction] {
        precondition((0...MasterPool.mostWorkers).contains(count), "a number of workers")
        guard phase == .working else { return [] }
        pools[pool].wanted = count
        return fill(pool, at: now)
    }

    /// A pool's workers take no jobs, or take jobs again; what runs goes on.
    mutating func pause(pool: Int, _ isPaused: Bool) -> [MasterAction] {
        guard phase == .working, pools[pool].isPaused != isPaused else { return [] }
        pools[pool].isPaused = isPaused
        return slots.indices.filter { slots[$0].pool == pool && slots[$0].pid != nil }.map {
            .tell(slot: $0, isPaused ? .pause : .resume)
        }
    }

    /// How many workers a pool could have at most, as there is room for only so many slots.
    func mostWorkers(ofPool pool: Int) -> Int {
        let others = slots.count { !$0.isVacant && ($0.pool != pool || $0.isRetiring) }
        return min(MasterPool.mostWorkers, room - others)
    }

    /// Gives a pool the number of workers that it is to have.
    mutating func fill(_ pool: Int, at now: MonotonicTime) -> [MasterAction] {
        let staying = slots.indices.filter { slots[$0].pool == pool && slots[$0].isStaying }
        let missing = pools[pool].wanted - staying.count
        guard missing < 0 else { return seat(missing, in: pool) }
        let order = staying.sorted { (rank($0), slots[$0].number) > (rank($1), slots[$1].number) }
        return order.prefix(-missing).flatMap { retire($0, at: now) }
    }

    /// Starts so many more workers; a slot that still retires keeps its number.
    private mutating func seat(_ count: Int, in pool: Int) -> [MasterAction] {
        guard count > 0 else { return [] }
        var actions = orderStable(of: pool)
        var taken = Set(slots.lazy.filter { $0.pool == pool && !$0.isVacant }.map(\.number))
        var number = 0
        for _ in 0..<count {
            while taken.contains(number) { number += 1 }
            guard let place = freePlace() else { return actions }
            let slot = MasterSlot(index: place, pool: pool, number: number)
            if place == slots.count { slots.append(slot) } else { slots[place] = slot }
            taken.insert(number)
            actions.append(order(place))
        }
        return actions
    }

    private func freePlace() -> Int? {
        if let vacant = slots.firstIndex(where: \.isVacant) { return vacant }
        return slots.count < room ? slots.count : nil
    }

    /// Who goes first: the higher the sooner.
    private func rank(_ slot: Int) -> Int {
        guard slots[slot].isRegistered else { return 2 }
        return slots[slot].isBusy ? 0 : 1
    }

    /// A slot's worker is its last.
    private mutating func retire(_ slot: Int, at now: MonotonicTime) -> [MasterAction] {
        slots[slot].retire()
        switch slots[slot].life {
        case .up: return [.tell(slot: slot, .retire)]
        case .down: return slots[slot].debt == nil ? vacate(slot) : slotDue(slot, at: now)
        case .over: return vacate(slot)
        case .ordered: preconditionFailure("an order is carried out before the next decision")
        }
    }

    /// A retiring slot's worker is gone: what it left behind is settled, and then nobody follows.
    mutating func afterRetirement(
        _ slot: Int, at now: MonotonicTime, jitter: Double
    ) -> [MasterAction] {
        guard slots[slot].debt == nil else { return postpone(slot, at: now, jitter: jitter) }
        return vacate(slot)
    }

    private mutating func vacate(_ slot: Int) -> [MasterAction] {
        past.restarts += slots[slot].restarts
        past.succeeded += slots[slot].reading.succeeded
        past.failed += slots[slot].reading.failed
        slots[slot].vacate()
        return [.vacated(slot: slot)]
    }
}
