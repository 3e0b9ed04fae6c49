/// Between how many workers a pool scales by itself, and how eagerly.
struct PoolScaling: Equatable, Sendable {
    /// The fewest workers.
    var least: Int
    /// The most.
    var most: Int
    /// How long a job has waited when there are too few.
    var upAfter: Duration
    /// Whether it grows although the machine is short of something.
    var ignoresPressure = false
    /// For how long there must have been idle workers and no such wait when there are too many.
    var downAfter: Duration
}

/// How pools grow when jobs wait, and shrink when nothing does.
///
/// Up: the oldest job has waited for `upAfter`, no worker of the pool is idle or still to come, and
/// the machine is not under pressure. Then the pool gets half as many workers more, one at least.
/// Down: for `downAfter` there was always an idle worker and no job that waited for half of
/// `upAfter`. Then half of the idle ones go, one at least. Between the two nothing happens.
extension MasterState {
    /// Looks at every pool that scales by itself.
    ///
    /// - Parameters:
    ///   - waiting: by pool, since when its oldest job has waited; absent where none does.
    ///   - isPressed: whether more work would only slow the machine down.
    ///   - now: the present moment.
    /// - Returns: what to do.
    mutating func scaleByItself(
        waiting: [Int: MonotonicTime], isPressed: Bool, at now: MonotonicTime
    ) -> [MasterAction] {
        guard phase == .working else { return [] }
        var actions: [MasterAction] = []
        for pool in pools.indices where pools[pool].isScaling {
            guard let scaling = pools[pool].scaling else { continue }
            let ours = slots.filter { $0.pool == pool && $0.isStaying }
            let idle = ours.count { $0.isRegistered && !$0.isBusy }
            let isComing = ours.contains { !$0.isRegistered }
            let waited = waiting[pool].map { now - $0 } ?? .zero
            let wanted = pools[pool].wanted
            let isHeldBack = isPressed && !scaling.ignoresPressure
            if !isHeldBack, waited >= scaling.upAfter, idle == 0, !isComing, wanted < scaling.most {
                let more = min(scaling.most, wanted + max(wanted / 2, 1))
                actions.append(.scaled(pool: pool, from: wanted, to: more, waited: waited))
                actions += scale(pool: pool, to: more, at: now)
            }
            guard idle > 0, waited < scaling.upAfter / 2, pools[pool].wanted > scaling.least else {
                pools[pool].calmSince = nil
                continue
            }
            let since = pools[pool].calmSince ?? now
            pools[pool].calmSince = since
            guard now - since >= scaling.downAfter else { continue }
            pools[pool].calmSince = now
            let less = max(scaling.least, wanted - max(idle / 2, 1))
            actions.append(.scaled(pool: pool, from: wanted, to: less, waited: nil))
            actions += scale(pool: pool, to: less, at: now)
        }
        return actions
    }

    /// When `scaleByItself` must be asked again, if nothing else happens.
    ///
    /// - Parameters:
    ///   - waiting: as for that.
    ///   - now: the present moment.
    /// - Returns: nil when nothing is to come by itself.
    func nextScaling(waiting: [Int: MonotonicTime], at now: MonotonicTime) -> MonotonicTime? {
        guard phase == .working else { return nil }
        let soon = now + .seconds(1)
        return pools.indices.compactMap { pool -> MonotonicTime? in
            guard pools[pool].isScaling, let scaling = pools[pool].scaling else { return nil }
            var due: [MonotonicTime] = []
            if let since = waiting[pool], pools[pool].wanted < scaling.most {
                due.append(max(since + scaling.upAfter, soon))
            }
            if pools[pool].wanted > scaling.least {
                due.append(pools[pool].calmSince.map { max($0 + scaling.downAfter, now) } ?? soon)
            }
            return due.min()
        }.min()
    }
}
