import CLinux
import Glibc
import Logging
import RQ
import RedisKit

/// A slot's process where a worker class of RQ's own runs the jobs: it starts the application's
/// interpreter, watches it, and puts in order what it leaves behind.
///
/// *Worker process.* The loop waits, asks `HostedState` and obeys.
final class HostedWorker {
    private let assignment: WorkerAssignment
    private let workerClass: String
    private let keys: Keys
    private let loop: EventLoop
    private let log: WorkerLog
    private let record: SlotRecord
    /// The user whose rights the jobs have.
    private let owner: uid_t
    private var state: HostedState
    private var duty: HostedDuty
    private var counts: HostedCounts
    private var stacks: HostedStacks?
    private var interpreter: HostedInterpreter?
    private var reports: DescriptorSource?
    private var output: OutputPipe?
    private var timers: [HostedTimer: TimerSource] = [:]
    private var retry: TimerSource?
    private var age: TimerSource?
    private var watch: LimitWatch?
    private let inbox: OrderInbox
    private var orders: DescriptorSource?
    private var reconnect = Reconnection()
    private var printed: HostedOutput
    private var hasListened = false
    private var leftovers: HostedLeftovers
    private var (isBuried, hasSwept) = (true, false)
    private var silence = NameSilence()

    /// Makes the process's parts; `run` starts them.
    ///
    /// - Parameters:
    ///   - assignment: the slot's.
    ///   - workerClass: its dotted name.
    ///   - keys: of Redis.
    /// - Throws: what the operating system refused.
    init(
        _ assignment: WorkerAssignment, running workerClass: String, keys: Keys
    ) throws(SystemCallError) {
        self.assignment = assignment
        self.workerClass = workerClass
        self.keys = keys
        record = assignment.record
        inbox = OrderInbox(adopting: assignment.orders)
        loop = try EventLoop()
        let pool = assignment.pool
        log = WorkerLog(pool: pool.name, slot: assignment.slot, worker: assignment.name)
        leftovers = HostedLeftovers(isKept: assignment.pool.keepsDescendants)
        printed = HostedOutput(log, limit: pool.outputLimit)
        state = HostedState(
            stopTimeout: pool.stopTimeout, killGrace: pool.killGrace, isBurst: assignment.burst)
        counts = HostedCounts(assignment.scoreboard.metrics)
        owner = pool.account.owner ?? geteuid()
        duty = HostedDuty(record, describesJobs: pool.jobDescriptions, owner: owner)
    }

    /// Works until it is told to end, or the interpreter ends.
    ///
    /// - Returns: the exit status.
    func run() throws(SystemCallError) -> Int32 {
        Descendants.adopt()
        for timer in HostedTimer.allCases {
            timers[timer] = try loop.onTimer { [unowned self] in fired(timer) }
        }
        retry = try loop.onTimer { [unowned self] in takeName() }
        age = try loop.onTimer { [unowned self] in
            makeRoom { log.finishedAge(assignment.pool.limits.maxAge ?? .zero) }
        }
        stacks = try HostedStacks(slowlog: assignment.pool.slowlog, of: owner, on: loop) {
            [unowned self] in tellSlowJob()
        }
        try loop.onSignal(SIGTERM) { [unowned self] in asked(toStop: .warm) }
        try loop.onSignal(SIGQUIT) { [unowned self] in asked(toStop: .cold) }
        try loop.onSignal(SIGCHLD) { [unowned self] in reap() }
        orders = try loop.onDescriptor(inbox.descriptor, .read) { [unowned self] _ in obey() }
        retry?.arm(after: .zero)
        return try loop.run()
    }

    /// RQ's worker can be told to leave, and its process can be asked what it does.
    private func obey() {
        while true {
            switch inbox.receive() {
            case .order(.retire): asked(toStop: .retire)
            case .order(.stack(let job, let question)): tellStack(of: job, question)
            case .order(let order):
                log.logger.debug("order ignored", metadata: ["order": "\(order)"])
            case .nonsense: log.logger.warning("order ignored")
            case .nothing: return
            case .end:
                orders?.cancel()
                return
            }
        }
    }

    // What happens.

    private func happened(_ event: HostedEvent) {
        for action in state.handle(event) { perform(action) }
    }

    private func asked(toStop kind: StopKind) {
        switch kind {
        case .warm where !state.isStopping: log.stoppingWarm()
        case .cold: log.stoppingCold(reason: "it was asked for")
        case .warm, .retire: break
        }
        happened(.stopRequested(kind))
    }

    private func fired(_ timer: HostedTimer) {
        switch timer {
        case .stop: log.stoppingCold(reason: "stop_timeout has passed")
        case .kill:
            log.logger.warning(
                "worker class did not break off in time and is killed",
                metadata: duty.job?.metadata ?? [:])
        case .echo, .loading: break
        }
        happened(.due(timer))
    }

    /// Takes the name over, and what its last holder has left.
    ///
    /// RQ refuses a name that is registered, and would find a dead worker's job after minutes.
    private func takeName() {
        let identity = WorkerIdentity(keys: keys, name: WorkerName(assignment.name))
        show(.connecting)
        do {
            let endpoint = try assignment.redis.endpoint()
            let connection = try Connection(to: endpoint, timeout: .seconds(5))
            defer { connection.close() }
            if assignment.sweepsHost && !hasSwept {
                HostSweep(assignment, keys: keys).run()
                hasSwept = true
            }
            let estate = HostedEstate(identity, assignment.pool, log)
            let taken = assignment.predecessor?.taken
            var holder = ""
            while let found = try estate.pass(
                from: holder, to: HostIdentity.holder, taken: taken,
                assignment.predecessor == nil ? .serviceDied : .workerDied, on: connection)
            {
                guard found.process != holder, HostIdentity.isDead(holder: found.process) else {
                    return isTaken(by: found, try NameSilence.listens(identity, connection))
                }
                holder = found.process
            }
        } catch {
            return later(RedisTrouble(error).explained(for: assignment.redis))
        }
        if reconnect.succeeded(), assignment.scoreboard.mayTellRelief() { log.redisBack() }
        record.complaint = ""
        show(.starting)
        happened(.named)
    }

    /// Somebody has the name; whether he listens is nil if that is not known.
    private func isTaken(by holder: NameHolder, _ isHeard: Bool?) {
        if let spare = assignment.spareName, silence.isInUse(holder, isHeard) {
            log.nameTaken(by: holder.description, instead: spare)
            return leave(WorkerExit.needsName)
        }
        if assignment.endsIfNameTaken {
            log.nameTaken(by: holder.description)
            return leave(WorkerExit.refused)
        }
        show(.failing)
        later(.nameTaken(of: assignment.name, by: holder.description))
    }

    private func later(_ trouble: RedisTrouble) {
        let pause = reconnect.failed(jitter: .random(in: 0.5...1))
        if assignment.scoreboard.mayTell(trouble, after: reconnect) {
            log.redisLost(trouble, retryAfter: pause)
        }
        record.complaint = trouble.reason
        assignment.scoreboard.metrics.redisLost(pool: assignment.pool.name)
        assignment.scoreboard.news()
        retry?.arm(after: pause)
    }

    private func reap() {
        while true {
            var status: Int32 = 0
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return }
            if pid == interpreter?.pid { ended(HorseEnding(waitStatus: status)) }
        }
    }

    private func ended(_ ending: HorseEnding) {
        listen()
        output?.drain()
        if !state.isStopping, duty.leave == .unexpected || duty.leave == .cannot {
            var fields = duty.job?.metadata ?? [:]
            fields["ending"] = "\(ending)"
            if !record.complaint.isEmpty { fields["reason"] = "\(record.complaint)" }
            log.logger.error("worker class ended by itself", metadata: fields)
        }
        happened(.ended(duty.leave))
    }

    /// Everything that the interpreter has told.
    private func listen() {
        guard let interpreter, reports != nil else { return }
        let goesOn = interpreter.receive { heard($0) }
        guard !goesOn else { return }
        reports?.cancel()
        reports = nil
    }

    private func heard(_ report: HostedReport) {
        switch report {
        case .nonsense(let text):
            log.logger.warning("report not understood", metadata: ["report": "\(text)"])
        case .ready: happened(.loaded)
        case .state, .taken, .started, .execution, .horse, .ended, .leaving: break
        }
        duty.heard(report, at: (.now(), .now()))
        counts.heard(report, at: .now())
        if case .ended = report, let interpreter, let most = assignment.pool.limits.maxMemory {
            let held = ProcessMemory.resident(of: interpreter.pid)
            if held > most { makeRoom { log.finishedMemory(held) } }
        }
        watch(report)
        leftovers.heard(report, isBetweenJobs: duty.isBetweenJobs, sparing: interpreter?.pid, log)
        if record.state == .idle, !hasListened {
            hasListened = true
            if log.form != .classic { log.listening(queues: assignment.pool.queues) }
        }
        show(record.state)
    }

    /// Has RQ's worker finish what it does; the master starts another.
    private func makeRoom(_ tell: () -> Void) {
        guard !state.isStopping else { return }
        tell()
        happened(.stopRequested(.retire))
    }

    // Where the job is.

    private func watch(_ report: HostedReport) {
        switch report {
        // Of several at once nobody knows which of them is slow.
        case .started where duty.job != nil: stacks?.jobStarted()
        case .ended: stacks?.jobEnded()
        case .started, .ready, .state, .taken, .execution, .horse, .leaving, .nonsense: break
        }
    }

    /// The process that runs the job: one of its own, or the interpreter.
    private var jobProcess: ProcessIdentity? {
        if let horse = record.horse, horse.isAlive { return horse }
        return interpreter.flatMap { ProcessIdentity.of($0.pid) }
    }

    private func tellStack(of job: String, _ question: UInt64) {
        guard record.jobID == job, let stacks, let process = jobProcess else {
            inbox.send(WorkerAnswer(question: question, reason: "the job is over"))
            return
        }
        stacks.ask(process) { [inbox] stack in
            inbox.send(WorkerAnswer(question: question, stack: stack.lines))
        }
    }

    private func tellSlowJob() {
        guard let job = duty.job, let process = jobProcess, let started = record.jobStarted else {
            return
        }
        stacks?.ask(process) { [log] in log.slow(job, seconds: .now() - started, $0) }
    }

    /// A line that was printed.
    private func took(_ line: ArraySlice<UInt8>) {
        let complete = printed.took(line) { id in
            // The report was sent before the line.
            listen()
            return duty.fields(of: id)
        }
        if let complete { duty.forget(complete) }
    }

    // What is done.

    private func perform(_ action: HostedAction) {
        switch action {
        case .start: start()
        case .tellLoading(let span):
            log.logger.warning(
                "worker class is still being loaded",
                metadata: ["seconds": "\(span.components.seconds)", "class": "\(workerClass)"])
        case .terminate: interpreter?.signal(SIGTERM)
        case .kill: interpreter?.signal(SIGKILL)
        case .arm(let timer, let span): timers[timer]?.arm(after: span)
        case .bury(let reason): bury(reason)
        case .leave(let status): leave(status)
        }
    }

    private func start() {
        let isClassic = log.form == .classic
        do {
            let settings = try HostedSettings(
                assignment, workerClass: workerClass, level: log.logger.logLevel,
                mark: isClassic ? nil : printed.mark)
            let made = try HostedInterpreter(assignment, settings, printsItself: isClassic)
            interpreter = made
            duty.interpreter = made.pid
            try restrain(made.pid)
            let limits = WorkerLimits(assignment)
            if let span = limits.maxAge { age?.arm(after: span) }
            stacks?.begin(reading: made.stacks)
            record.slotStable = ProcessIdentity.of(made.pid)
            reports = try loop.onDescriptor(made.reports, .read) { [unowned self] _ in listen() }
            guard let descriptor = made.output else { return }
            output = try OutputPipe(of: made, descriptor, on: loop) { [unowned self] line, _ in
                took(line)
            }
        } catch {
            record.complaint = "\(error)"
            log.logger.error(
                "interpreter could not be started", metadata: ["reason": "\(error)"])
            bury(.workerDied)
            leave(WorkerExit.failed)
        }
    }

    /// The interpreter, and all that it will start, keeps the limits of the pool.
    private func restrain(_ pid: Int32) throws(SystemCallError) {
        let limits = ProcessLimits(assignment.pool.limits)
        let group = assignment.group.map { JobGroup($0) }
        let refusals = limits.limitHosted(pid) + [group?.take(pid)].compactMap(\.self)
        for refusal in refusals { log.limitRefused(refusal, isFirst: assignment.slot == 0) }
        // RQ's worker sees a killed horse, if it has one; why it was killed is told here.
        watch = try LimitWatch(
            assignment.pool.limits, group: group, samples: false, on: loop, runner: { nil },
            tell: { [unowned self] reason in
                let fields = duty.job?.metadata ?? [:]
                log.logger.warning(
                    "job is out of memory", metadata: fields.merging(["reason": "\(reason)"]) { $1 }
                )
            })
    }

    /// Nothing runs any more after this, and no job of it is left.
    private func bury(_ reason: HandBackReason) {
        assignment.group?.kill()
        Descendants.end()
        output?.drain()
        do {
            let endpoint = try assignment.redis.endpoint()
            let connection = try Connection(to: endpoint, timeout: .seconds(5))
            defer { connection.close() }
            let identity = WorkerIdentity(keys: keys, name: WorkerName(assignment.name))
            _ = try HostedEstate(identity, assignment.pool, log).pass(
                from: HostIdentity.holder, to: "", taken: duty.taken, reason, on: connection)
            record.clearJob()
        } catch {
            isBuried = false
            log.logger.warning("hosted worker's jobs not settled", metadata: ["reason": "\(error)"])
        }
    }

    private func leave(_ status: Int32) {
        if log.form != .classic, status != WorkerExit.failed, status != WorkerExit.refused {
            if duty.leave == .maxJobs, let jobs = assignment.pool.maxJobs {
                log.finishedMaxJobs(jobs)
            }
            if duty.leave == .idle, let span = assignment.pool.maxIdleTime {
                log.finishedIdleTime(span)
            }
            log.ended()
        }
        show(.gone)
        loop.stop(isBuried || status != WorkerExit.finished ? status : WorkerExit.unsettled)
    }

    private func show(_ slotState: SlotState) {
        record.state = slotState
        ProcessTitle.set(
            WorkerTitle.text(
                pool: assignment.pool.name, slot: assignment.slot, state: slotState,
                job: duty.job))
        assignment.scoreboard.news()
    }
}
