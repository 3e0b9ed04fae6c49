/// Which idle worker of a pool waits on Redis; the others wait for it.
///
/// A push wakes one worker, not the whole fleet. The leader hears of the push and claims; with a
/// job in hand it makes an idle follower the leader, which looks at the queues in its turn. The
/// state is in the scoreboard: for each pool the leader's slot, for each slot its pool and whether it follows. A
/// pool's slots may lie anywhere, and come and go.
/// Nobody waits for anybody: every step is one atomic exchange.
struct PoolLead {
    private let scoreboard: Scoreboard
    private let pool: Int

    /// The lead of a pool.
    init(_ scoreboard: Scoreboard, pool: Int) {
        self.scoreboard = scoreboard
        self.pool = pool
    }

    /// The leader's slot, if there is one.
    var leader: Int? {
        let word = scoreboard.leader(ofPool: pool)
        return word == 0 ? nil : Int(word) - 1
    }

    /// Becomes the leader, or a follower if there is one already.
    ///
    /// - Parameter slot: an idle worker's.
    /// - Returns: true for the leader.
    func seek(_ slot: Int) -> Bool {
        if take(slot) { return true }
        scoreboard[slot].isFollowing = true
        // The leader may have gone before it could see us.
        guard leader == nil, take(slot) else { return leader == slot }
        scoreboard[slot].isFollowing = false
        return true
    }

    /// Gives the lead up, or stops following: the worker has a job, or ends.
    ///
    /// - Parameters:
    ///   - slot: the worker's.
    ///   - tell: tells a follower that it leads from now on; false if there is no such worker.
    func leave(_ slot: Int, telling tell: (Int) -> Bool) {
        scoreboard[slot].isFollowing = false
        guard leader == slot else { return }
        while let next = pass(from: slot), !tell(next) {
            // That one is gone, and cannot pass the lead on itself.
            guard exchange(word(next), for: word(slot)) else { return }
        }
    }

    /// Makes the next follower the leader in place of `slot`; with none, there is no leader.
    private func pass(from slot: Int) -> Int? {
        let count = scoreboard.used
        for step in 1..<max(count, 2) where count > 1 {
            let next = (slot + step) % count
            guard follows(next) else { continue }
            if exchange(word(slot), for: word(next)) { return next }
        }
        _ = exchange(word(slot), for: 0)
        // One that began to follow while we looked has seen a leader that is gone now.
        for next in 0..<count where next != slot && follows(next) {
            if exchange(0, for: word(next)) { return next }
            scoreboard[next].isFollowing = true
        }
        return nil
    }

    /// Whether a slot is of this pool and followed until now.
    private func follows(_ slot: Int) -> Bool {
        scoreboard[slot].pool == pool && scoreboard[slot].stopFollowing()
    }

    private func take(_ slot: Int) -> Bool {
        exchange(0, for: word(slot)) || leader == slot
    }

    private func exchange(_ expected: UInt64, for desired: UInt64) -> Bool {
        scoreboard.exchangeLeader(ofPool: pool, expected, for: desired)
    }

    private func word(_ slot: Int) -> UInt64 { UInt64(slot + 1) }
}
