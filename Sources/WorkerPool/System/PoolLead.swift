/// Which idle worker of a pool waits on Redis; the others wait for it.
///
/// A push wakes one worker, not the whole fleet. The leader hears of the push and claims; with a
/// job in hand it makes an idle follower the leader, which looks at the queues in its turn. The
/// state is in the scoreboard: for the pool the leader's slot, for each slot whether it follows.
/// Nobody waits for anybody: every step is one atomic exchange.
struct PoolLead {
    private let scoreboard: Scoreboard
    private let slots: Range<Int>

    /// The lead of the pool that has these places on the scoreboard.
    init(_ scoreboard: Scoreboard, slots: Range<Int>) {
        precondition(!slots.isEmpty, "a pool with a lead has workers")
        self.scoreboard = scoreboard
        self.slots = slots
    }

    /// The leader's slot, if there is one.
    var leader: Int? {
        let word = pool.leader
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
            guard pool.exchangeLeader(word(next), for: word(slot)) else { return }
        }
    }

    /// Makes the next follower the leader in place of `slot`; with none, there is no leader.
    private func pass(from slot: Int) -> Int? {
        let count = slots.count
        for step in 1..<max(count, 2) where count > 1 {
            let next = slots.lowerBound + (slot - slots.lowerBound + step) % count
            guard scoreboard[next].stopFollowing() else { continue }
            if pool.exchangeLeader(word(slot), for: word(next)) { return next }
        }
        _ = pool.exchangeLeader(word(slot), for: 0)
        // One that began to follow while we looked has seen a leader that is gone now.
        for next in slots where next != slot && scoreboard[next].stopFollowing() {
            if pool.exchangeLeader(0, for: word(next)) { return next }
            scoreboard[next].isFollowing = true
        }
        return nil
    }

    private func take(_ slot: Int) -> Bool {
        pool.exchangeLeader(0, for: word(slot)) || leader == slot
    }

    /// The record that keeps the pool's leader: its first slot's.
    private var pool: SlotRecord { scoreboard[slots.lowerBound] }

    private func word(_ slot: Int) -> UInt64 { UInt64(slot + 1) }
}
