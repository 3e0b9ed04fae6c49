import RQ

/// What a worker decides; the loop in `Worker` obeys.
///
/// *Worker process.* Events in, actions out. It reads no clock and touches no descriptor.
/// Four facets move on their own: the link to Redis, the stable, the duty and the stop. An event
/// changes them (`take`, in `WorkerTransitions`); then `decide` looks at all four and says what
/// can be begun.
struct WorkerState: ~Copyable {
    /// The link to Redis; `connected` when it answers but the name is not registered yet.
    enum Link { case down, connected, registering, up }

    /// The place that horses come from.
    ///
    /// `late` while it owes a horse for longer than a job waits for one, `loading` while the horses
    /// load the application: nothing is claimed then.
    enum Stable { case absent, asked, present, late, loading, horseReady }

    /// What the worker is doing; at most one job is in it.
    enum Duty {
        /// A look at the queues is due.
        case hungry
        /// The queues were empty or suspended; a push wakes us.
        case waiting
        case claiming(ExecutionID)
        /// Claimed; waits for a horse.
        case holding(ClaimedJob)
        case running(ClaimedJob)
        /// Being ended by us.
        case killing(ClaimedJob, Verdict)
        /// What became of it is decided; `isSent` once that is on its way to Redis.
        case settling(Settlement, isSent: Bool, next: ExecutionID?)
        /// User code at a job's end waits for a horse, or runs.
        case errand(Errand, isRunning: Bool)
        case leaving(status: Int32, isSent: Bool)
    }

    /// Why a horse is being ended.
    enum Verdict: Equatable { case timedOut, stoppedByCommand, killedByCommand, interrupted }

    /// What is still to be written for a job.
    enum Settlement {
        case outcome(ClaimedJob, Outcome)
        case handBack(ExecutionID, HandBackReason)
    }

    var limits: WorkerLimits
    let makeExecution: () -> ExecutionID
    /// Executions of a dead predecessor, still to be handed back.
    var debts: [ExecutionID] = []
    var debtReason: HandBackReason
    var isPayingDebt = false
    var hasRegistered = false
    var link = Link.down
    var stable = Stable.absent
    /// What the timer `horse` runs for.
    var horseTimer = HorseTimer.none
    /// How long the slot stable has been late.
    var stableLate = Duration.zero
    var duty = Duty.hungry
    /// How what is still to be written fares.
    var delivery = OutcomeDelivery()
    /// True while the job's horse waits for the outcome to be recorded, to ask the handlers then.
    var horseWaits = false
    /// How often in a row the connection broke while a claim was on its way.
    var claimBreaks = 0
    /// A claim whose job never arrived: its connection broke each time.
    var undelivered: ExecutionID?
    /// True while a claim that was refused waits for its next try.
    var isClaimPausing = false
    var stop: StopKind?
    /// What the stack is wanted for that the job's process was asked for.
    var stackUse: StackUse?
    var isWoken = false
    /// True while the pool is paused.
    var isPaused: Bool
    /// Other limits, to be used after the job in hand.
    var newLimits: WorkerLimits?
    var jobsDone = 0
    /// True while the time without a job is measured.
    var isIdleTimed = false
    /// True once there was no job for `max_idle_time`.
    var isIdleOver = false
    /// True until the process is old enough to be replaced after `max_jobs`.
    var isYoung = false
    /// Why the worker makes room after the job in hand, however few it has run.
    var spent: Spent?

    /// Why a worker is not to go on for ever.
    enum Spent: Equatable { case age, memory }

    /// A worker that has just been started.
    ///
    /// - Parameters:
    ///   - limits: what its pool allows.
    ///   - isPaused: whether its pool is.
    ///   - debtReason: why executions that its name still holds were not settled.
    ///   - makeExecution: gives a new execution id each time.
    init(
        limits: WorkerLimits, isPaused: Bool = false, debtReason: HandBackReason,
        makeExecution: @escaping () -> ExecutionID
    ) {
        self.limits = limits
        self.isPaused = isPaused
        self.debtReason = debtReason
        self.makeExecution = makeExecution
    }

    /// The job in hand, for the heartbeat and for commands that name it.
    var job: ClaimedJob? {
        switch duty {
        case .holding(let job), .running(let job), .killing(let job, _),
            .settling(.outcome(let job, _), _, _):
            job
        case .errand(let errand, _): errand.outcome == nil ? nil : errand.job
        case .hungry, .waiting, .claiming, .settling, .leaving: nil
        }
    }

    /// The execution that is ours and not a debt.
    var execution: ExecutionID? {
        switch duty {
        case .claiming(let execution), .settling(.handBack(let execution, _), _, _): execution
        case .settling(.outcome(let job, _), _, _), .holding(let job), .running(let job),
            .killing(let job, _):
            job.execution
        case .errand(let errand, _): errand.outcome == nil ? nil : errand.job.execution
        case .hungry, .waiting, .leaving: nil
        }
    }

    /// True while the reply to a claim is awaited.
    var isClaiming: Bool {
        if case .claiming = duty { true } else { false }
    }

    /// True while a horse runs a job and is not being ended.
    var isRunningJob: Bool {
        if case .running = duty { true } else { false }
    }

    /// True while what became of a job is being recorded.
    var isSettling: Bool {
        if case .settling = duty { true } else { false }
    }

    /// True while a horse is at an errand.
    var isOnErrand: Bool {
        if case .errand(_, true) = duty { true } else { false }
    }

    /// True while a job, or an errand, waits for a horse.
    var wantsHorse: Bool {
        switch duty {
        case .holding, .errand(_, false): true
        case .hungry, .waiting, .claiming, .running, .killing, .settling, .errand, .leaving: false
        }
    }

    /// True while the queues were empty, or suspended, at the last look.
    var isWaiting: Bool {
        if case .waiting = duty { true } else { false }
    }

    /// True while a push that this worker hears of leads to a claim at once, which gets the job.
    ///
    /// Who cannot claim does not lead its pool, so that others hear of the push.
    var canClaim: Bool {
        switch duty {
        case .waiting, .claiming:
            link == .up && debts.isEmpty && hasStable && !isPaused && stop == nil && !isDone
                && newLimits == nil
        case .hungry, .holding, .running, .killing, .settling, .errand, .leaving: false
        }
    }

    /// True while there is a place that horses come from.
    var hasStable: Bool {
        switch stable {
        case .present, .horseReady: true
        case .absent, .asked, .late, .loading: false
        }
    }

    /// True once only the end is left to do.
    var isLeaving: Bool {
        if case .leaving = duty { true } else { false }
    }

    /// The exit status with which it leaves.
    var leavingStatus: Int32 {
        if case .leaving(let status, _) = duty { status } else { 0 }
    }

    /// True from the first request to stop.
    var isStopping: Bool { stop != nil }

    /// Starts by asking for a slot stable; the link reports itself.
    ///
    /// - Returns: what to do first.
    mutating func begin() -> [WorkerAction] {
        stable = .asked
        isYoung = limits.leastAge != nil
        let ages = [
            limits.maxAge.map { WorkerAction.arm(.age, after: $0) },
            limits.leastAge.map { WorkerAction.arm(.youth, after: $0) },
        ]
        return [.show(.waitingForStable), .askForStable] + ages.compactMap(\.self)
    }

    /// Takes an event.
    ///
    /// - Parameter event: what has happened.
    /// - Returns: what to do, in order.
    mutating func handle(_ event: WorkerEvent) -> [WorkerAction] {
        var actions = take(event)
        decide(&actions)
        return actions
    }

    /// Begins whatever the four facets now allow.
    private mutating func decide(_ actions: inout [WorkerAction]) {
        if stable == .absent, !isLeaving, stop == nil || job != nil {
            stable = .asked
            actions.append(.askForStable)
        }
        if link == .connected, mayRegister {
            link = .registering
            actions.append(.register)
        }
        switch duty {
        case .hungry, .waiting: decideIdle(&actions)
        case .holding(let job): decideHeld(job, &actions)
        case .errand(let errand, false): decideErrand(errand, &actions)
        case .settling(let settlement, false, _) where link == .up && !delivery.isPausing:
            send(settlement, &actions)
        case .leaving(let status, false) where link == .up && debts.isEmpty:
            duty = .leaving(status: status, isSent: true)
            actions.append(.unregister)
        case .leaving(let status, false) where link == .down || link == .connected:
            // Nothing is in hand, and what Redis does not hear now it learns from our successor.
            let owes = debtReason == .workerDied && !(hasRegistered && debts.isEmpty)
            leave(with: owes ? WorkerExit.unsettled : status, &actions)
        case .claiming where link == .down && isStopping,
            .leaving(_, false) where delivery.isPausing,
            .settling(.handBack, false, _) where isUnheard && isStopping,
            .settling(.outcome, false, _) where isUnheard && stop == .cold:
            // Redis is away, or refuses, and we do not wait: the claim stays under our name, to be
            // settled by whoever takes the name over. An outcome would be lost: a warm stop waits
            // for that.
            leave(with: WorkerExit.unsettled, &actions)
        case .claiming, .running, .killing, .settling, .errand, .leaving: break
        }
        if link == .up, !isPayingDebt, !delivery.isPausing, let debt = debts.first {
            isPayingDebt = true
            actions.append(.handBack(debt, debt == undelivered ? .undelivered : debtReason))
        }
    }

    /// True while Redis takes nothing from us.
    private var isUnheard: Bool { link == .down || delivery.isPausing }

    private mutating func decideIdle(_ actions: inout [WorkerAction]) {
        if mayRenew { return renew(&actions) }
        if stop != nil || isDone { return leave(&actions) }
        if let limits = newLimits, link != .registering { return adopt(limits, &actions) }
        guard link == .up, debts.isEmpty, hasStable else { return }
        if case .waiting = duty, !isWoken || isPaused { return }
        if isClaimPausing, !isPaused { return }
        if isPaused {
            duty = .waiting
            actions.append(.show(.paused))
            return
        }
        isWoken = false
        let execution = makeExecution()
        duty = .claiming(execution)
        actions.append(.claim(execution))
    }

    /// True when the registration has had its jobs and the process is not to be replaced yet.
    private var mayRenew: Bool {
        isYoung && stop == nil && spent == nil && reachesMaxJobs(after: jobsDone) && link == .up
            && debts.isEmpty && (hasStable || stable == .loading)
    }

    /// Ends the registration and begins another one, under the same name, in the same process.
    private mutating func renew(_ actions: inout [WorkerAction]) {
        actions.append(.renew(jobs: jobsDone))
        jobsDone = 0
        duty = .hungry
        link = .connected
        decide(&actions)
    }

    /// Redis is told of the new queues, and then they are looked at.
    private mutating func adopt(_ limits: WorkerLimits, _ actions: inout [WorkerAction]) {
        newLimits = nil
        self.limits = limits
        duty = .hungry
        actions.append(.adopt)
        if link == .up { link = .connected }
        decide(&actions)
    }

    private mutating func decideHeld(_ job: ClaimedJob, _ actions: inout [WorkerAction]) {
        // Whoever only makes room for another has the time to run what it has claimed.
        if let stop, stop != .retire {
            duty = .settling(.handBack(job.execution, .notStarted), isSent: false, next: nil)
            decide(&actions)
        } else if stable == .horseReady {
            stable = .present
            duty = .running(job)
            actions += [.show(.busy), .run(job)]
            if let timeout = job.timeLimit {
                actions.append(.arm(.job, after: timeout + limits.timeoutGrace))
            }
            if let slowlog = limits.slowlog { actions.append(.arm(.slow, after: slowlog)) }
        } else {
            actions += awaitHorse()
        }
    }

    /// What does not get a horse in time is left undone; the outcome is recorded all the same.
    private mutating func decideErrand(_ errand: Errand, _ actions: inout [WorkerAction]) {
        if stop == .cold || (stop != nil && stable == .absent) {
            actions += errandEnded()
            decide(&actions)
        } else if stable == .horseReady {
            stable = .present
            duty = .errand(errand, isRunning: true)
            actions += [.runErrand(errand), .arm(.job, after: errand.limit + limits.timeoutGrace)]
        } else {
            actions += awaitHorse()
        }
    }

    /// Sends what is decided; a worker that goes on claims in the same write.
    private mutating func send(_ settlement: Settlement, _ actions: inout [WorkerAction]) {
        switch settlement {
        case .handBack(let execution, let reason):
            duty = .settling(settlement, isSent: true, next: nil)
            actions.append(.handBack(execution, reason))
        case .outcome(let job, let outcome):
            let isLast = reachesMaxJobs(after: jobsDone + 1) || spent != nil
            let mayGoOn =
                stop == nil && !isLast && debts.isEmpty && stable != .absent && stable != .late
                && stable != .loading && !isPaused && newLimits == nil && !delivery.isTroubled
            let goesOn = mayGoOn && !job.hasWebhooks && !horseWaits
            let next = goesOn ? makeExecution() : nil
            duty = .settling(settlement, isSent: true, next: next)
            isWoken = false
            actions.append(.settle(job, outcome, next: next))
        }
    }

    /// Ends: with status 0 when that was asked for, else to make room for a successor.
    private mutating func leave(_ actions: inout [WorkerAction]) {
        let wantsSuccessor = stop == nil && isDone
        duty = .leaving(status: wantsSuccessor ? WorkerExit.wantsSuccessor : 0, isSent: false)
        actions.append(.show(.stopping))
        decide(&actions)
    }

    private mutating func leave(with status: Int32, _ actions: inout [WorkerAction]) {
        duty = .leaving(status: status, isSent: true)
        actions.append(.leave(status))
    }

    /// True once the worker has run as many jobs as it may, or is too old or too large.
    private var isDone: Bool { reachesMaxJobs(after: jobsDone) || spent != nil }

    private func reachesMaxJobs(after jobs: Int) -> Bool {
        limits.maxJobs.map { jobs >= $0 } ?? false
    }

    /// A worker shows itself in Redis when it can run a job, or still has something to account
    /// for: a job, a dead predecessor's debts, or a registration that it must take back.
    private var mayRegister: Bool {
        if isLeaving { return hasRegistered || debtReason == .workerDied }
        switch stable {
        case .present, .late, .loading, .horseReady: return true
        case .absent, .asked: return execution != nil
        }
    }
}
