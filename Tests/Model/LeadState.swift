@testable import WorkerPool

/// A moment in a history of `LeadModel`.
struct LeadState {
    /// A worker's process, its record on the scoreboard, and what the server keeps for it.
    struct Worker {
        enum Mode: UInt64 {
            case hungry, claiming, gotJob, gotNothing, waiting, busy, dead
        }

        let slot: Int
        var mode: Mode
        /// What it knows of the lead.
        var turn: LeadTurn
        /// The same, where an earlier protocol kept that.
        var leads = false
        /// The change of the lead that it is in the middle of, and what began that.
        var step: ModelStep?
        var event = LeadTurn.Event.rests
        /// Whether it has a slot stable, a link, and all else.
        var isAble = true
        var isFrozen = false
        var isWoken = false
        /// The flag on the scoreboard.
        var flag: Bool
        /// A datagram, and a message from the server, that it has not read.
        var isNotified = false
        var hasHeard = false
        /// Whether the server will tell it of the next push.
        var isArmed = false

        init(slot: Int, mode: Mode = .hungry, flag: Bool = false) {
            self.slot = slot
            self.mode = mode
            self.flag = flag
            turn = LeadTurn(slot: slot)
        }

        /// Waits, as it does after an empty claim.
        mutating func idle(leads: Bool, former: Bool) {
            mode = .waiting
            isArmed = true
            flag = !former || !leads
            if former {
                self.leads = leads
                return
            }
            _ = turn.begin(.rests)
            _ = turn.ended(.rests, leads: leads)
        }

        var takesPart: Bool { turn.takesPart }
        var isLeading: Bool { leads || turn.isLeading }

        /// Looks at the queues, if it can.
        mutating func look() {
            mode = .hungry
            if isAble { claim() }
        }

        /// What kept it from claiming is over.
        mutating func recover() {
            isAble = true
            if mode == .hungry { claim() }
        }

        mutating func claim() {
            isWoken = false
            mode = .claiming
        }

        /// A queue may have changed.
        mutating func wake() {
            isWoken = true
            if mode == .waiting, isAble { claim() }
        }

        /// Reads the server's message; a follower leaves it to the leader.
        mutating func hear() {
            hasHeard = false
            if mode == .waiting, isAble, !isLeading { return }
            wake()
        }

        var key: UInt64 {
            var bits = mode.rawValue
            bits |= (takesPart ? 1 << 3 : 0) | (isLeading ? 1 << 4 : 0) | (isAble ? 1 << 5 : 0)
            bits |= (isFrozen ? 1 << 6 : 0) | (isWoken ? 1 << 7 : 0) | (flag ? 1 << 8 : 0)
            bits |= (isNotified ? 1 << 9 : 0) | (hasHeard ? 1 << 10 : 0) | (isArmed ? 1 << 11 : 0)
            let began: UInt64 =
                switch event {
                case .rests: 0
                case .notified: 1
                case .cannotLead: 2
                case .stays: 3
                }
            return bits << 8 | (step.map { $0.code } ?? 0) << 2 | (step == nil ? 0 : began)
        }
    }

    var workers: [Worker]
    var leader = LeadStep.nobody
    var queued = 0
    var masterStep: ModelStep?
    /// The dead worker that the master is busy with, or -1.
    var reaped = -1
    var left: LeadModel.Bounds

    init(_ bounds: LeadModel.Bounds, former: Bool = false) {
        workers = (0..<bounds.workers).map { Worker(slot: $0, mode: .claiming) }
        left = bounds
        guard bounds.beginsIdle else { return }
        leader = 0
        for slot in workers.indices { workers[slot].idle(leads: slot == 0, former: former) }
    }

    func changed(_ change: (inout LeadState) -> Void) -> LeadState {
        var copy = self
        change(&copy)
        return copy
    }

    /// All of it, in 128 bits.
    var key: StateKey {
        var key = StateKey(low: 0, high: 0)
        for index in workers.indices {
            let worker = workers[index].key
            if index < 2 {
                key.low = key.low << 22 | worker
            } else {
                key.high = key.high << 22 | worker
            }
        }
        key.low = key.low << 3 | UInt64(leader + 1)
        key.low = key.low << 2 | UInt64(queued)
        key.low = key.low << 2 | UInt64(left.pushes)
        key.low = key.low << 2 | UInt64(left.deaths)
        key.low = key.low << 2 | UInt64(left.outages)
        key.low = key.low << 2 | UInt64(left.stirs)
        key.high = key.high << 6 | (masterStep.map { $0.code } ?? 0)
        key.high = key.high << 3 | UInt64(reaped + 1)
        key.high = key.high << 2 | UInt64(left.freezes)
        key.high = key.high << 2 | UInt64(left.falseAlarms)
        key.high = key.high << 2 | UInt64(left.heartbeats)
        return key
    }

    /// Somebody pushes a job; the server tells those who wait, but not who has pushed.
    mutating func push(from slot: Int?) {
        left.pushes -= 1
        enqueue(from: slot)
    }

    private mutating func enqueue(from slot: Int?) {
        queued += 1
        for other in workers.indices where workers[other].isArmed && other != slot {
            workers[other].isArmed = false
            workers[other].hasHeard = true
        }
    }

    /// The server answers a claim.
    mutating func serve(_ slot: Int) {
        workers[slot].mode = queued > 0 ? .gotJob : .gotNothing
        if queued > 0 { queued -= 1 } else { workers[slot].isArmed = true }
    }

    /// A process dies; its flag and its lead stay.
    ///
    /// A job that it had is queued again at once, which is earlier than in the program, and harder.
    mutating func kill(_ slot: Int) {
        left.deaths -= 1
        let hadJob = workers[slot].mode == .busy || workers[slot].mode == .gotJob
        let flag = workers[slot].flag
        workers[slot] = Worker(slot: slot, mode: .dead, flag: flag)
        if hadJob { enqueue(from: slot) }
    }

    /// Whether the master would find at two looks that nothing has changed: the leader stands
    /// still, or there is none and nobody is about to take the lead.
    var isLeadStuck: Bool {
        guard workers.contains(where: { $0.flag && $0.slot != leader && $0.mode != .dead }) else {
            return false
        }
        if leader >= 0 { return workers[leader].isFrozen }
        return !workers.contains {
            $0.mode != .dead && !$0.isFrozen && ($0.step != nil || $0.isNotified)
        }
    }

    /// Does one access.
    mutating func perform(_ access: ModelAccess) -> Int {
        switch access {
        case .setFlag(let slot, let isSet):
            workers[slot].flag = isSet
            return 0
        case .readFlag(let slot): return workers[slot].flag ? 1 : 0
        case .takeFlag(let slot):
            defer { workers[slot].flag = false }
            return workers[slot].flag ? 1 : 0
        case .exchange(let from, let to):
            let before = leader
            if before == from { leader = to }
            return before
        case .notify(let slot):
            guard workers[slot].mode != .dead else { return 0 }
            workers[slot].isNotified = true
            return 1
        }
    }
}

/// A state in 128 bits.
struct StateKey {
    var low: UInt64
    var high: UInt64
}

/// The states that were seen, in memory of its own: a test without optimization has no time for more.
struct StateTable: ~Copyable {
    private var slots: UnsafeMutablePointer<StateKey>
    private var room = 1 << 16
    private var count = 0

    init() {
        slots = .allocate(capacity: room)
        slots.initialize(repeating: StateKey(low: 0, high: 0), count: room)
    }

    deinit { slots.deallocate() }

    /// Adds a state.
    ///
    /// - Returns: true if it is new.
    mutating func insert(_ key: StateKey) -> Bool {
        if count * 2 > room { grow() }
        let place = place(of: key)
        let isNew = slots[place].low == 0 && slots[place].high == 0
        if isNew {
            slots[place] = key
            count += 1
        }
        return isNew
    }

    private func place(of key: StateKey) -> Int {
        var hash = (key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
        var place = Int(truncatingIfNeeded: hash) & (room - 1)
        while true {
            let there = slots[place]
            if there.low == key.low && there.high == key.high { return place }
            if there.low == 0 && there.high == 0 { return place }
            place = (place + 1) & (room - 1)
        }
    }

    private mutating func grow() {
        let (old, oldRoom) = (slots, room)
        room *= 4
        slots = .allocate(capacity: room)
        slots.initialize(repeating: StateKey(low: 0, high: 0), count: room)
        for index in 0..<oldRoom where old[index].low != 0 || old[index].high != 0 {
            slots[place(of: old[index])] = old[index]
        }
        old.deallocate()
    }
}
