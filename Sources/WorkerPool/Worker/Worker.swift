import Glibc
import Logging
import RQ
import RedisKit

/// A worker: claims a job, has it run, records what became of it; one at a time.
///
/// *Worker process.* The loop waits, asks `WorkerState` and obeys. What an action does is in
/// `WorkerActions`; what arrives is turned into events here.
final class Worker {
    var assignment: WorkerAssignment
    let identity: WorkerIdentity
    let loop: EventLoop
    let log: WorkerLog
    let record: SlotRecord
    var queues: QueueOrder
    var state: WorkerState
    var runtime: (any Runtime)?
    var link: RedisLink?
    var timers: [WorkerTimer: TimerSource] = [:]
    var reconnectTimer: TimerSource?
    var lookTimer: TimerSource?
    /// Whether wake-ups are worth a look at once, and whether a later look is due.
    var wakeUps = WakeUps()
    var isLookDue = false
    var leadership: Leadership?
    var inbox: OrderInbox?
    var ordersSource: DescriptorSource?
    var current: CurrentJob?
    var facts: RuntimeFacts?
    /// When to try again what has failed.
    var backoff = RequestBackoff()
    /// The same for a name that somebody else has: there Redis is fine.
    var nameWait = Reconnection()
    /// Since when the holder of our name, which cannot be seen from here, has not been connected.
    var holderSilentSince: MonotonicTime?
    var birth: Timestamp?
    var birthIsNew = true
    var scriptWarnings = ScriptWarnings()
    /// The last registration; a new one each time, so that claims of an earlier one are void.
    var registration = ""
    var isSuspended = false
    /// How Redis' clock differs from this host's, and when the last heartbeat was sent.
    var serverClock = ServerClock()
    var heartbeatSent: Timestamp?
    /// True while a step of unfinished work is on its way.
    var isResuming = false
    /// The master's questions for the stack that are still to be answered.
    var stackQuestions: [UInt64] = []
    var outputQuota: OutputQuota
    /// The settings that the master sent last, until they are used.
    var newPool: PoolConfiguration?
    /// Where jobs run, if that is a control group.
    let jobGroup: JobGroup?
    var watch: LimitWatch?
    /// When it began, for its age.
    let begun = MonotonicTime.now()
    /// Why no process for jobs can load the application, or how long it takes; "" for nothing.
    var loadTrouble = ""
    /// The limits that were refused, each told once.
    var refusedLimits: Set<String> = []
    /// When it was asked to stop warmly.
    var askedToStop: MonotonicTime?
    /// True once the name was found with a process that is dead.
    var takesOver = false

    /// Makes a worker; `run` starts it.
    init(_ assignment: WorkerAssignment, keys: Keys) throws(SystemCallError) {
        self.assignment = assignment
        record = assignment.record
        jobGroup = assignment.group.map { JobGroup($0) }
        outputQuota = OutputQuota(limit: assignment.pool.outputLimit)
        loop = try EventLoop()
        log = WorkerLog(
            pool: assignment.pool.name, slot: assignment.slot, worker: assignment.name)
        identity = WorkerIdentity(keys: keys, name: WorkerName(assignment.name))
        queues = QueueOrder(
            assignment.pool.queues.map { QueueName($0) }, assignment.pool.dequeueStrategy)
        state = WorkerState(
            limits: WorkerLimits(assignment),
            isPaused: assignment.isPaused,
            debtReason: assignment.predecessor == nil ? .serviceDied : .workerDied,
            makeExecution: { RandomID.hexadecimal() })
        try connectParts()
    }

    /// What looks for dead workers of this host.
    var sweep: HostSweep { HostSweep(assignment, keys: identity.keys) }

    /// Works until it is told to end.
    ///
    /// - Returns: the exit status.
    func run() throws(SystemCallError) -> Int32 {
        perform(state.begin())
        link?.open()
        return try loop.run()
    }

    private func connectParts() throws(SystemCallError) {
        for timer in WorkerTimer.allCases {
            timers[timer] = try loop.onTimer { [weak self] in self?.fired(timer) }
        }
        reconnectTimer = try loop.onTimer { [weak self] in self?.tryAgain() }
        lookTimer = try loop.onTimer { [weak self] in
            self?.isLookDue = false
            self?.happened(.woken)
        }
        leadership = try Leadership(assignment, on: loop) { [weak self] in
            self?.runtime?.prepare()
            self?.happened(.woken)
        }
        try loop.onSignal(SIGTERM) { [weak self] in self?.asked(toStop: .warm) }
        try loop.onSignal(SIGQUIT) { [weak self] in self?.asked(toStop: .cold) }
        inbox = OrderInbox(adopting: assignment.orders)
        ordersSource = try loop.onDescriptor(assignment.orders, .read) { [weak self] _ in
            self?.readOrders()
        }
        link = try RedisLink(
            loop: loop, redis: assignment.redis, channel: identity.keys.commands(identity.name)
        ) { [weak self] in self?.heard($0) }
        guard let control = assignment.stableControl else {
            preconditionFailure("a pool whose jobs run in horses has a stable")
        }
        runtime = PythonRuntime(
            loop: loop, control: control,
            place: "\(assignment.pool.name)/\(assignment.slot)", worker: assignment.name,
            pool: assignment.pool, group: jobGroup
        ) { [weak self] in self?.heard($0) }
        try watchLimits()
    }

    /// Everything that happens goes through here.
    func happened(_ event: WorkerEvent) {
        record.progress += 1
        perform(state.handle(event))
        takeTurn()
        if !stackQuestions.isEmpty, state.stackUse == nil { answerStack(nil) }
        link?.flush()
    }

    /// Asked by a signal, a command or the master; the first time, and the first time coldly, is told.
    func asked(toStop kind: StopKind) {
        if kind == .warm { askedToStop = askedToStop ?? .now() }
        switch kind {
        case .warm where !state.isStopping: log.stoppingWarm()
        case .cold where state.stop != .cold: log.stoppingCold(reason: "it was asked for")
        case .retire, .warm, .cold: break
        }
        happened(.stopRequested(kind))
    }

    private func fired(_ timer: WorkerTimer) {
        switch timer {
        case .job where !state.isOnErrand:
            let limit = current?.job.timeLimit ?? .zero
            current?.killReason = """
                Task exceeded maximum timeout value (\(limit.components.seconds) seconds); \
                its process ignored that and was killed
                """
        case .stop: log.stoppingCold(reason: "stop_timeout has passed")
        case .heartbeat:
            // Nobody was needed for a while: the next job goes to the leader.
            if state.isWaiting && leadership?.isLeading == false { runtime?.rest() }
        case .horse:
            let isWorking = runtime?.isStableWorking ?? false
            let isLoading = runtime?.isLoadingHorse ?? false
            return happened(.horseLate(isWorking: isWorking, isLoading: isLoading))
        case .job, .kill, .idle, .slow, .stack, .age, .youth, .claimAgain, .settleAgain: break
        }
        happened(.due(timer))
    }

    // The link.

    private func heard(_ event: RedisLink.Event) {
        switch event {
        case .up:
            succeeded(.link)
            if let refusal = link?.deafness, assignment.scoreboard.mayTellDeafness() {
                log.redisIsDeaf(reason: refusal.reasonNotToTell)
            }
            happened(.linkUp)
        case .down(let trouble, let request): lost(trouble, during: request)
        case .answered(let span): countRoundTrip(span)
        case .woken:
            // Only a follower leaves it to the leader. A push may overtake the reply of the claim
            // that has not seen it; nothing else would tell of it.
            let isFollowing =
                state.isWaiting && state.canClaim && leadership?.isLeading == false
            if !isFollowing || isSuspended { woken() }
        case .command(let payload): obey(payload)
        case .clock(let server, let asked): sawClock(server, asked: asked)
        case .reply(let request, let reply): answered(request, reply)
        }
    }

    private func lost(_ trouble: RedisTrouble, during request: RedisLink.Request?) {
        let pause: Duration
        if case .nameTaken = trouble {
            pause = nameWait.failed(jitter: Self.jitter)
            tell(trouble, after: nameWait, pause)
        } else {
            pause = failed(request?.kind ?? .link, trouble.explained(for: assignment.redis))
        }
        countLostLink()
        isResuming = false
        assignment.scoreboard.news()
        happened(.linkDown)
        reconnectTimer?.arm(after: pause)
    }

    /// Takes part in the pool's lead as long as a push would lead to a claim; while the claim is on
    /// its way, nothing changes.
    private func takeTurn() {
        if !state.canClaim {
            leadership?.leave()
        } else if state.isWaiting {
            leadership?.wait()
        }
    }

    /// The queues are empty: somebody of the pool waits on Redis.
    func waitForWork() {
        if leadership?.isLeading == true { runtime?.prepare() }
        guard leadership?.isLeading == true, link?.isTold == false else { return }
        // The server cannot tell of a push, so the leader looks.
        lookTimer?.arm(after: Self.lookInterval)
    }

    private static let lookInterval = Duration.milliseconds(200)

    private func tryAgain() {
        guard !state.isLeaving else { return }
        link?.open()
    }

    private func obey(_ payload: [UInt8]) {
        let command: WorkerCommand
        do {
            command = try WorkerCommand(payload: payload)
        } catch {
            return log.logger.warning("command ignored", metadata: ["reason": "\(error)"])
        }
        switch command {
        case .shutdown where !state.isStopping: asked(toStop: .warm)
        case .shutdown:
            // As with signals: a second one at once is the same request.
            let isRepeated = askedToStop.map { .now() - $0 < MasterState.sameRequest } ?? false
            if !isRepeated { asked(toStop: .cold) }
        case .killHorse: killHorse(for: "RQ's command kill-horse")
        case .stopJob(let id) where id == state.job?.id: happened(.stopJob(at: .now()))
        case .stopExecution(_, let execution) where execution == state.job?.execution:
            happened(.stopJob(at: .now()))
        case .stopJob, .stopExecution, .unknown:
            log.logger.warning("command ignored", metadata: ["command": "\(command)"])
        }
    }

    // The runtime.

    private func heard(_ event: RuntimeEvent) {
        switch event {
        case .present(let facts):
            self.facts = facts
            record.slotStable = facts.stable
            happened(assignment.pool.isolation == .spawn ? .horseLoading : .stablePresent)
            if state.wantsHorse { runtime?.prepare() }
        case .horseAsked:
            record.slotStable = runtime?.slotStable
            happened(.horseAsked)
        case .forkRefused: happened(.forkRefused)
        case .leftBehind(let count, let name, let job):
            log.leftBehind(count: count, name: name, by: job)
        case .horseReady:
            record.horse = runtime?.horse
            canLoad()
            happened(.horseReady)
        case .horseLoading:
            record.horse = runtime?.horse
            happened(.horseLoading)
        case .loadFailed(let reason, let calls): cannotLoad(reason, calls)
        case .loadsSlowly(let subject, let seconds, let place):
            loadsSlowly(subject, seconds, place)
        case .horseGone:
            record.horse = runtime?.horse
            happened(.horseGone)
        case .stackTold: happened(.stackTold)
        case .forked(let span): countFork(after: span)
        case .reported(let report):
            for warning in report.warnings {
                log.logger.warning(
                    "\(warning)", metadata: current?.fields.metadata ?? [:])
            }
            guard !state.isOnErrand else { return happened(.errandEnded) }
            current?.report = report
            if isOutgrown { happened(.outgrown) }
            let outcome = explained(report)
            happened(report.awaitsRecord ? .failedBeforeHandlers(outcome) : .reported(outcome))
        case .horseDied(let ending) where state.isOnErrand,
            .horseRefused(let ending) where state.isOnErrand:
            log.logger.warning("errand not done", metadata: ["ending": "\(ending)"])
            happened(.errandEnded)
        case .horseDied(let ending):
            noteBreach(ending)
            guard let current else { return }
            self.current?.ending = ending
            happened(.horseDied(current.outcome(of: ending, at: .now()), ending))
        case .horseRefused(let ending):
            guard let current else { return }
            log.logger.warning(
                "horse died while it waited, another takes its job",
                metadata: current.fields.metadata.merging(["ending": "\(ending)"]) { $1 })
            happened(.horseRefused(current.outcome(of: ending, at: .now()), ending))
        case .lost(let reason):
            record.slotStable = nil
            record.horse = nil
            log.logger.warning("slot stable lost", metadata: ["reason": "\(reason)"])
            blameJobForLoss()
            happened(.stableLost)
        case .limitRefused(let refusal): tell(refusal)
        case .warning(let text): log.logger.warning("\(text)")
        }
    }
}
