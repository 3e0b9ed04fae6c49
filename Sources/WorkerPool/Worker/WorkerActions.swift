import Glibc
import Logging
import RQ

/// What a worker does when its state says so.
///
/// *Worker process.*
extension Worker {
    /// Obeys, in order.
    func perform(_ actions: [WorkerAction]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: WorkerAction) {
        switch action {
        case .register: register()
        case .askForStable: runtime?.begin()
        case .replaceStable:
            guard let pid = runtime?.slotStable?.pid else { return }
            log.logger.warning(
                "slot stable hangs and is killed",
                metadata: ["pid": "\(pid)", "state": "\(stateWord(of: pid))"])
            runtime?.replaceStable()
        case .askHandlers:
            if runtime?.goOn() != true { happened(.errandEnded) }
        case .skippedErrand:
            log.logger.warning("errand not done", metadata: ["ending": "no process for it in time"])
        case .claim(let execution): claim(execution)
        case .run(let job): run(job)
        case .runErrand(let errand): run(errand)
        case .settle(let job, let outcome, let next):
            settle(job, outcome)
            if let next { claim(next) }
        case .handBack(let execution, let reason): handBack(execution, reason)
        case .heartbeat(let job):
            if job != nil { runtime?.checkHorse() }
            heartbeat(job)
        case .kill(let force): runtime?.end(force: force)
        case .askForStack(let use): runtime?.askForStack(carefully: use == .slow || use == .asked)
        case .tellStack(let use): tellStack(use)
        case .arm(let timer, let span):
            timers[timer]?.arm(after: span)
            if timer == .heartbeat { record.promise = .now() + span + Self.promiseMargin }
        case .disarm(let timer):
            timers[timer]?.disarm()
            if timer == .heartbeat { record.promise = nil }
        case .adopt: adopt()
        case .show(let slotState): show(slotState)
        case .renew(let jobs): renew(after: jobs)
        case .unregister:
            link?.send(identity.death(at: .now(), holder: HostIdentity.holder), as: .death)
        case .leave(let status): leave(status)
        }
    }

    /// What a busy machine may add to a timer; a worker that is later than that hangs.
    private static let promiseMargin = Duration.seconds(5)

    private func register() {
        let isFirst = birth == nil && record.generation == assignment.generation
        if assignment.sweepsHost && isFirst { sweep.run() }
        let born = birth ?? .now()
        birth = born
        registration = RandomID.hexadecimal().description
        let record = WorkerBirth(
            birth: born, queues: assignment.pool.queues.map { QueueName($0) }, pid: Int(getpid()),
            hostname: HostIdentity.hostname, ipAddress: link?.address ?? "unknown",
            version: facts?.rqVersion ?? "unknown",
            pythonVersion: facts?.pythonVersion ?? "unknown", host: HostIdentity.host,
            process: HostIdentity.process, registration: registration)
        link?.send(
            identity.birth(record, lifetime: assignment.pool.workerTTL, takesOver: takesOver),
            as: .birth)
    }

    /// The application's rq, whose readers are to understand what is written.
    private var release: RQRelease { facts.map { RQRelease(text: $0.rqVersion) } ?? .reference }

    private func claim(_ execution: ExecutionID) {
        link?.send(
            identity.claim(
                execution, under: registration, from: queues.queues, at: .now(),
                heartbeat: assignment.pool.heartbeatInterval, for: release),
            as: .claim(execution))
    }

    private func run(_ job: ClaimedJob) {
        guard let fields = current?.fields else { return }
        current?.begun = .now()
        current?.begunAt = .now()
        record.executionID = job.execution.description
        record.jobID = fields.id
        record.queue = fields.queue
        record.function = fields.function ?? ""
        record.jobStarted = current?.begun
        log.started(fields)
        if let current { countStart(of: current) }
        runtime?.run(job, order: .run) { [unowned self] in passOn($0, $1, of: fields) }
        watch?.begin()
    }

    private func run(_ errand: Errand) {
        let now = (MonotonicTime.now(), Timestamp.now())
        let fields = current?.fields ?? CurrentJob(errand.job, at: now, describes: false).fields
        runtime?.run(errand.job, order: errand.order) { [unowned self] in
            passOn($0, $1, of: fields)
        }
    }

    /// Logs a line that a job printed, as far as its pool's `output_limit` goes.
    private func passOn(_ line: ArraySlice<UInt8>, _ moment: OutputMoment, of fields: JobFields) {
        switch moment {
        case .duringJob: break
        case .afterEnd(1): log.outputAfterEnd(fields, limit: OutputPipe.mostLateLines)
        case .afterEnd: break
        case .dropped: return log.outputAfterEndDropped(fields)
        }
        if outputQuota.isLimited {
            let verdict = outputQuota.take(line.count, at: .now())
            if verdict.dropped > 0 { log.outputDropped(fields, count: verdict.dropped) }
            guard verdict.isLogged else { return }
        }
        log.output(fields, line, isError: false)
    }

    /// Says how many of the ended job's lines were dropped and not told yet.
    func tellDroppedOutput() {
        let dropped = outputQuota.takeDropped()
        if dropped > 0, let fields = current?.fields { log.outputDropped(fields, count: dropped) }
    }

    private func tellStack(_ use: StackUse) {
        guard let current, let stack = runtime?.takeStack() else { return }
        let ran = MonotonicTime.now() - current.begun
        answerStack(stack)
        switch use {
        case .asked: break
        case .slow: log.slow(current.fields, seconds: ran, stack)
        case .timeout, .stop:
            self.current?.stack = stack
            log.aboutToBeKilled(current.fields, reason: use.reason, seconds: ran, stack)
        }
    }

    private func settle(_ job: ClaimedJob, _ outcome: Outcome) {
        link?.send(
            identity.settle(
                job.execution, outcome, claimed: current?.claimed ?? outcome.started,
                resultTTL: assignment.pool.resultTTL, workerTTL: assignment.pool.workerTTL,
                listsFailure: !assignment.pool.python.disableDefaultExceptionHandler),
            as: .settle(job, outcome))
    }

    private func handBack(_ execution: ExecutionID, _ reason: HandBackReason) {
        link?.send(
            identity.handBack(execution, reason, under: assignment.pool),
            as: .handBack(execution, reason))
    }

    private func heartbeat(_ job: ClaimedJob?) {
        var running: (execution: ExecutionID, job: JobID, timeoutSeconds: Int, ran: Duration)?
        if let job, let current {
            let limit = job.timeLimit.map { Int($0.components.seconds) } ?? -1
            running = (job.execution, job.id, limit, .now() - current.begun)
        }
        let pool = assignment.pool
        let now = Timestamp.now()
        heartbeatSent = now
        link?.send(
            identity.heartbeat(
                at: now, lifetime: pool.workerTTL, interval: pool.heartbeatInterval,
                running: running,
                isStopping: job != nil && askedToStop != nil),
            as: .heartbeat)
    }

    private func adopt() {
        guard let pool = newPool else { return }
        newPool = nil
        assignment.pool = pool
        outputQuota = OutputQuota(limit: pool.outputLimit)
        queues = QueueOrder(pool.queues.map { QueueName($0) }, pool.dequeueStrategy)
        log.settingsChanged(queues: pool.queues)
    }

    /// One letter as `ps` has it; `?` for a process that is gone.
    private func stateWord(of pid: Int32) -> Character {
        ProcessStat(pid: pid).map { Character(Unicode.Scalar($0.state)) } ?? "?"
    }

    private func show(_ slotState: SlotState) {
        record.state = slotState
        ProcessTitle.set(
            WorkerTitle.text(
                pool: assignment.pool.name, slot: assignment.slot, state: slotState,
                job: current?.fields))
        assignment.scoreboard.news()
    }

    private func leave(_ status: Int32) {
        if status == WorkerExit.wantsSuccessor {
            tellWhyDone()
        }
        if state.isStopping || status != 0 || !assignment.burst { log.ended() }
        leadership?.leave()
        link?.close()
        runtime?.awaitDeparting()
        record.state = .gone
        assignment.scoreboard.news()
        loop.stop(status)
    }
}
