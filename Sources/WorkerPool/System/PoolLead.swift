import CLinux

/// Which idle worker of a pool waits on Redis; the others wait for it.
///
/// A push wakes one worker, not the whole fleet. The leader hears of the push and claims; with a
/// job in hand it notifies an idle follower, which takes the lead and looks at the queues in its
/// turn. The state is in the scoreboard: for each pool the leader's slot, for each slot its pool
/// and whether its worker takes part. A pool's slots may lie anywhere, and come and go.
/// Nobody waits for anybody. The steps and their order are `LeadStep`'s.
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

    /// Goes through all steps of a change.
    ///
    /// - Parameters:
    ///   - first: where it begins.
    ///   - notify: sends a datagram to a slot's worker; false if there is no such worker.
    /// - Returns: true when a worker that joined is the leader.
    @discardableResult
    func run(_ first: LeadStep, notifying notify: (Int) -> Bool) -> Bool {
        var step = first
        while let access = step.access {
            let answer = perform(access, notify)
            step = step.next(answer, of: scoreboard.used)
        }
        return step == .ended(leads: true)
    }

    private func perform(_ access: LeadAccess, _ notify: (Int) -> Bool) -> Int {
        switch access {
        case .setFlag(let slot, let isSet):
            scoreboard[slot].isFollowing = isSet
            // What follows must not be seen before it.
            rqd_fence()
            return 0
        case .readFlag(let slot):
            let record = scoreboard[slot]
            return record.isFollowing && record.pool == pool ? 1 : 0
        case .exchange(let from, let to):
            let before = scoreboard.exchangeLeader(ofPool: pool, word(from), for: word(to))
            return Int(before) - 1
        case .notify(let slot): return notify(slot) ? 1 : 0
        }
    }

    private func word(_ slot: Int?) -> UInt64 { slot.map { UInt64($0 + 1) } ?? 0 }
}
