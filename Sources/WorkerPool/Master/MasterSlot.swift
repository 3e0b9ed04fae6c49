/// One slot, as the master decides about it.
struct MasterSlot: Sendable {
    /// Where the slot's worker is in its life.
    enum Life: Equatable, Sendable {
        /// The order to fork it has been given.
        case ordered
        /// It runs.
        case up(pid: Int32, since: MonotonicTime)
        /// It ended; the next one is due at this moment.
        case down(until: MonotonicTime)
        /// It ended and there will be no other.
        case over
    }

    /// The slot, counted through all pools.
    let index: Int
    /// The number of its pool.
    let pool: Int
    /// Its place in the pool, from 0.
    let number: Int

    private(set) var life = Life.over
    private(set) var generation = 0
    private(set) var backoff = Backoff()
    /// What the next worker must settle first.
    private(set) var debt: Predecessor?
    /// Whether the present worker does nothing but settle.
    private(set) var settlesOnly = false
    /// Whether any of the slot's workers was ever idle or beyond.
    private(set) var hasEverRegistered = false
    /// During a stop: when patience ends.
    private(set) var killAt: MonotonicTime?
    /// Whether the present worker was sent SIGKILL by the master.
    private(set) var isKilled = false
    /// Since when it is late with a step, and how many it had made by then.
    private(set) var suspicion: Suspicion?
    /// Whether there will be no other worker once the present one has done its job.
    private(set) var isRetiring = false
    /// Whether nobody has this place any more.
    private(set) var isVacant = false
    /// The number of the stable that the present worker gets its horses from.
    private(set) var stable: Int?
    /// Whether the present worker is to make room for one with other settings.
    private(set) var isOutdated = false
    /// Whether it was told so.
    private(set) var isReplacing = false
    /// Whether what a change wants of this slot, a new worker or none, is still to come.
    private(set) var isAwaited = false
    /// The latest copy of the record.
    private(set) var reading = SlotReading()

    /// A worker that has not kept its promise.
    struct Suspicion: Equatable, Sendable {
        let since: MonotonicTime
        let progress: UInt64
    }

    /// A worker that is late has this long to make a step: all of us may have been stopped.
    static let lateness = Duration.seconds(2)
    /// A worker that was up this long, and registered, is taken to be well.
    static let wellAfter = Duration.seconds(10)
    /// What the master adds to the time that a worker gives itself.
    static let backstop = Duration.seconds(5)

    init(index: Int, pool: Int, number: Int) {
        self.index = index
        self.pool = pool
        self.number = number
    }

    /// One whose worker, if there is one, another program has started.
    init(_ handed: Handover.Slot, index: Int, at now: MonotonicTime) {
        self.init(index: index, pool: handed.pool, number: handed.number)
        generation = handed.generation
        debt = handed.debt
        stable = handed.stable
        isVacant = handed.isVacant
        isRetiring = handed.isRetiring
        if let pid = handed.pid {
            life = .up(pid: pid, since: now)
        } else if !isVacant {
            life = .down(until: now)
        }
    }

    /// The present worker's pid.
    var pid: Int32? {
        switch life {
        case .up(let pid, _): pid
        case .ordered, .down, .over: nil
        }
    }

    /// Whether there is a worker now that was idle or beyond.
    var isRegistered: Bool { pid != nil && reading.hasRegistered }

    /// Whether its worker is at work, or could be.
    var isPresent: Bool { isRegistered && reading.state.isPresent }

    /// Whether a job runs here.
    var isBusy: Bool { pid != nil && !reading.jobID.isEmpty }

    /// Whether it is to have a worker, now and later.
    var isStaying: Bool { !isVacant && !isRetiring }

    /// How many workers were started in the place of one that ended.
    var restarts: Int { max(generation - 1, 0) }

    /// Whether it waits before the next try.
    var isRestarting: Bool {
        switch life {
        case .down: true
        case .ordered, .up, .over: false
        }
    }

    /// Whether its workers die again and again.
    var isFailing: Bool { backoff.isPersistent }

    /// When something is to be done here without anybody asking.
    var nextDue: MonotonicTime? {
        switch life {
        case .up: [isKilled ? nil : killAt, hungAt, wellAt].compactMap(\.self).min()
        case .down(let until): min(until, killAt ?? until)
        case .ordered, .over: nil
        }
    }

    /// Whether its workers have a name of their own, because somebody else has that of the
    /// configuration.
    private(set) var hasOwnName = false

    // What happens to it, in the order of a life.

    /// Orders a worker.
    mutating func order(sweepsHost: Bool, settlesOnly: Bool, stable: Int?) -> MasterAction {
        precondition(pid == nil, "a slot has one worker at a time")
        generation += 1
        life = .ordered
        self.stable = stable
        (isOutdated, isReplacing) = (false, false)
        isKilled = false
        suspicion = nil
        self.settlesOnly = settlesOnly
        return .startWorker(
            WorkerStart(
                slot: index, generation: generation, predecessor: debt,
                sweepsHost: sweepsHost, settlesOnly: settlesOnly))
    }

    /// The worker was forked.
    mutating func started(pid: Int32, at now: MonotonicTime) {
        precondition(life == .ordered, "a worker is ordered before it is started")
        life = .up(pid: pid, since: now)
        reading.state = .starting
        reading.hasRegistered = false
        reading.jobID = ""
    }

    /// The record was read.
    mutating func read(_ reading: SlotReading) {
        self.reading = reading
        // A process may stand for several workers, one after the other.
        generation = max(generation, reading.generation)
        guard reading.hasRegistered else { return }
        hasEverRegistered = true
        if !isReplacing && !isRetiring { isAwaited = false }
        // It paid before it registered.
        debt = nil
    }

    /// The worker ended; this was in its record.
    ///
    /// - Returns: whether it may be called a crash, for which a restart must wait its turn.
    mutating func ended(_ ending: Ending, _ last: SlotReading, at now: MonotonicTime) -> Bool {
        read(last)
        if ending == .exited(code: WorkerExit.needsName), !hasOwnName {
            // Nothing has gone wrong, and it happens once.
            hasOwnName = true
            life = .over
            stable = nil
            return false
        }
        let isLeaving =
            ending == .exited(code: WorkerExit.finished)
            || ending == .exited(code: WorkerExit.wantsSuccessor)
        recoverIfWell(at: now)
        if isLeaving { debt = nil } else if debt == nil { debt = last.remains }
        life = .over
        stable = nil
        reading.jobID = ""
        // One that leaves as it should, but never got as far as waiting for
        // work, would be started in a circle.
        return !isLeaving || !(last.hasRegistered || isReplacing)
    }

    /// Counts a failure and waits for as long as that calls for.
    mutating func postpone(at now: MonotonicTime, jitter: Double) -> Duration {
        let wait = backoff.failed(jitter: jitter)
        life = .down(until: now + wait)
        return wait
    }

    /// There will be no other worker here.
    mutating func close() {
        life = .over
        killAt = nil
    }

    /// The present worker, if there is one, has settings that do not hold any more.
    mutating func outdate() { isOutdated = pid != nil }

    /// The present worker was told to make room.
    mutating func replace() {
        isOutdated = false
        isReplacing = true
        isAwaited = true
    }

    /// A change waits for what was just ordered here.
    mutating func beAwaited() { isAwaited = true }

    /// The present worker is its last.
    mutating func retire() { isRetiring = true }

    /// The place is free for another slot.
    mutating func vacate() {
        precondition(pid == nil, "a slot is vacated when its worker is gone")
        life = .over
        isVacant = true
        isAwaited = false
    }

    /// Sets when patience ends, no later than before.
    mutating func limit(to moment: MonotonicTime) { killAt = min(killAt ?? moment, moment) }

    /// Sets when patience with the settling worker ends.
    mutating func allowSettling(until moment: MonotonicTime) { killAt = moment }

    /// The worker is being killed.
    mutating func killed() {
        isKilled = true
        suspicion = nil
    }

    /// Looks whether the worker still makes steps; the record has just been read.
    ///
    /// - Returns: true once it is certain that it hangs.
    mutating func hangs(at now: MonotonicTime) -> Bool {
        guard pid != nil, !isKilled, let promise = reading.promise, promise < now else {
            suspicion = nil
            return false
        }
        guard let suspicion, suspicion.progress == reading.progress else {
            suspicion = Suspicion(since: now, progress: reading.progress)
            return false
        }
        return suspicion.since + Self.lateness <= now
    }

    /// When it becomes certain that the worker hangs, if it is late.
    private var hungAt: MonotonicTime? { suspicion.map { $0.since + Self.lateness } }

    /// Forgets earlier failures once the worker has proved itself.
    mutating func recoverIfWell(at now: MonotonicTime) {
        if let wellAt, wellAt <= now { backoff.recovered() }
    }

    /// When the present worker, if it lives, has proved itself after earlier failures.
    private var wellAt: MonotonicTime? {
        guard case .up(_, let since) = life, reading.hasRegistered, backoff.failures > 0
        else { return nil }
        return since + Self.wellAfter
    }
}
