import Glibc
import Logging
import RQ
import RedisKit

/// What a worker makes of Redis's replies.
///
/// *Worker process.*
extension Worker {
    /// Turns a reply into an event.
    func answered(_ request: RedisLink.Request, _ reply: ReplyView) {
        if let error = reply.error { return refused(request, error) }
        if let kind = request.kind { succeeded(kind) }
        tellLeftOut(reply.warnings)
        do throws(WireError) {
            switch request {
            case .birth: registered(try BirthReply.read(reply))
            case .claim(let execution): try claimed(reply, execution)
            case .settle(let job, let outcome):
                let (fate, _, _) = try Fate.read(reply)
                if UnfinishedWork.isLeft(by: reply) { resume() }
                settled(job, outcome, fate)
            case .handBack(let execution, let reason):
                let (fate, queue, id) = try Fate.read(reply)
                if UnfinishedWork.isLeft(by: reply) { resume() }
                handedBack(execution, reason, fate, queue, id)
            case .heartbeat:
                heartbeatAnswered(try HeartbeatReply(reply))
            case .resume: resumed(UnfinishedWork.Step(reply))
            case .death: perform([.leave(state.leavingStatus)])
            case .renewal, .tracking, .script, .address, .clock, .ping: break
            }
        } catch {
            refused(request, ServerError(message: "\(error)"))
        }
    }

    /// Somebody has put other data where RQ's should be; the step was done without it.
    private func tellLeftOut(_ warnings: [String]) {
        for reason in scriptWarnings.new(warnings) {
            log.logger.warning("key of another type left out", metadata: ["reason": "\(reason)"])
        }
    }

    /// Goes on with what a script has left, one step at a time.
    private func resume() {
        guard !isResuming, let link else { return }
        isResuming = true
        link.send(identity.resume(at: .now()), as: .resume)
    }

    private func resumed(_ step: UnfinishedWork.Step) {
        isResuming = false
        if step.goesOn { resume() }
        // The server does not tell us of what our own connection has queued.
        if step.queued > 0 { happened(.woken) }
    }

    private func heartbeatAnswered(_ reply: HeartbeatReply) {
        if let heartbeatSent { sawClock(reply.serverTime, asked: heartbeatSent) }
        if reply.hasUnfinishedWork { resume() }
        if reply.lease == .settled { claimSettled() }
        if !reply.isRegistered { happened(.unregistered) }
    }

    /// Compares Redis' clock with this host's; of all workers one tells that they differ.
    func sawClock(_ server: Timestamp, asked: Timestamp) {
        switch serverClock.saw(server, asked: asked, answered: .now()) {
        case .differs(let offset)? where assignment.scoreboard.mayTellClocks(differ: true):
            log.clocksDiffer(by: offset)
        case .agrees? where assignment.scoreboard.mayTellClocks(differ: false): log.clocksAgree()
        case .differs?, .agrees?, nil: break
        }
    }

    /// The lease was over and the job handed back: what it does here counts no more.
    private func claimSettled() {
        guard let current, state.job?.execution == current.job.execution, !state.isSettling else {
            return
        }
        log.logger.warning(
            "job was handed back by another host: it is ended here",
            metadata: current.fields.metadata)
        happened(.claimSettled)
    }

    private func registered(_ reply: BirthReply) {
        switch reply {
        case .born(let unsettled):
            if birthIsNew {
                log.born(pid: getpid(), version: Version.current)
                log.subscribed(channel: "\(identity.keys.prefix):pubsub:\(assignment.name)")
                log.listening(queues: assignment.pool.queues)
            }
            birthIsNew = false
            takesOver = false
            nameWait = Reconnection()
            resume()
            happened(.registered(unsettled: unsettled))
        case .taken(let holder, let hostname, let pid, let listeners):
            if HostIdentity.isDead(holder: holder) || isGone(holder, listeners) {
                takesOver = true
                return perform([.register])
            }
            let owner = hostname.isEmpty ? holder : "process \(pid) on \(hostname)"
            if assignment.endsIfNameTaken && birthIsNew {
                log.nameTaken(by: owner)
                return perform([.leave(WorkerExit.refused)])
            }
            if let spare = assignment.spareName, birthIsNew, isInUse(holder, listeners) {
                log.nameTaken(by: owner, instead: spare)
                return perform([.leave(WorkerExit.needsName)])
            }
            happened(.nameTaken)
            link?.drop(.nameTaken(of: assignment.name, by: owner), during: .birth)
        }
    }

    /// Whether a process that cannot be seen from here is gone: one of this machine, perhaps of a
    /// container that was started again, which nobody has heard of for as long as a living one
    /// takes to connect again.
    private func isGone(_ holder: String, _ listeners: Int?) -> Bool {
        isSilent(listeners) && HostIdentity.isOutOfSight(holder: holder)
    }

    /// Whether nobody has listened under our name for as long as a living worker takes to connect
    /// again.
    ///
    /// - Parameter listeners: the connections on the name's channel, ours among them.
    /// - Returns: false for a server that does not say.
    private func isSilent(_ listeners: Int?) -> Bool {
        guard let listeners, listeners <= 1 else {
            holderSilentSince = nil
            return false
        }
        let since = holderSilentSince ?? .now()
        holderSilentSince = since
        return MonotonicTime.now() - since >= Self.silenceOfTheGone
    }

    /// Whether somebody else works under our name, or may for all that can be told: one who lives, or
    /// who is on another machine and silent.
    private func isInUse(_ holder: String, _ listeners: Int?) -> Bool {
        guard let listeners else { return true }
        return listeners > 1 || HostIdentity.isAlive(holder: holder) || isSilent(listeners)
    }

    /// Longer than the longest pause between two tries to connect.
    static let silenceOfTheGone = Reconnection.longest + .seconds(1)

    private func claimed(_ reply: ReplyView, _ execution: ExecutionID) throws(WireError) {
        let (claim, dropped) = try ClaimReply.read(reply, execution: execution)
        tell(dropped)
        noteSuspension(claim)
        switch claim {
        case .job: wakeUps.foundJob()
        case .empty, .suspended: wakeUps.foundNothing(at: .now())
        case .again, .unregistered: break
        }
        switch claim {
        case .job(let job) where state.isClaiming:
            var generator = SystemRandomNumberGenerator()
            queues.took(from: job.queue, using: &generator)
            leadership?.leave()
            runtime?.prepare()
            current = CurrentJob(
                job, at: (.now(), .now()), describes: assignment.pool.jobDescriptions)
        case .empty where assignment.burst && !state.isStopping: log.finishedBurst()
        case .job, .empty, .again, .suspended, .unregistered: break
        }
        happened(.claimed(claim))
        if claim == .empty || claim == .suspended, state.isWaiting { waitForWork() }
    }

    private func noteSuspension(_ claim: ClaimReply) {
        switch claim {
        case .suspended where !isSuspended: log.suspended()
        case .job where isSuspended, .empty where isSuspended: log.resumed()
        case .again, .unregistered: return
        case .job, .empty, .suspended: break
        }
        isSuspended = claim == .suspended
    }

    /// Names what was passed over; of a great many, the first ones and how many there were.
    private func tell(_ dropped: [DroppedJob]) {
        for job in dropped.prefix(Self.mostNamed) {
            log.dropped(
                queue: job.queue.description, jobID: job.id.description,
                reason: job.reason.sentence)
        }
        guard dropped.count > Self.mostNamed else { return }
        log.logger.warning(
            "more jobs dropped", metadata: ["count": "\(dropped.count - Self.mostNamed)"])
    }

    private static let mostNamed = 10

    private func settled(_ job: ClaimedJob, _ outcome: Outcome, _ fate: Fate) {
        if let current, current.job.execution == job.execution {
            WorkerJobLog(log: log, job: current).tell(outcome, fate)
            countEnd(of: current, outcome, fate)
            if outcome.isSuccess { record.succeeded += 1 } else { record.failed += 1 }
            if let memory = current.report?.peakMemoryBytes {
                record.peakMemoryBytes = max(record.peakMemoryBytes, memory)
            }
            forgetJob()
        }
        happened(.settled(fate))
    }

    private func handedBack(
        _ execution: ExecutionID, _ reason: HandBackReason, _ fate: Fate, _ queue: QueueName,
        _ id: JobID
    ) {
        let fields = JobFields(
            queue: queue.description, id: id.description, execution: execution.description,
            function: nil, description: nil)
        switch fate {
        case .requeued(let deaths):
            let count = deaths > 0 ? " (worker death \(deaths))" : ""
            log.requeued(fields, reason: reason.text + count)
        case .failed:
            log.failed(
                fields, reason: reason.failure(under: assignment.pool), traceback: nil,
                seconds: nil)
        case .gone: break
        case .finished, .stopped, .retried, .scheduled, .canceled, .deleted, .lost:
            log.logger.info(
                "not handed back", metadata: fields.metadata.merging(["fate": "\(fate)"]) { $1 })
        }
        let own = current?.job.execution == execution ? current : nil
        countHandBack(queue: fields.queue, function: own?.fields.function, fate)
        if own != nil { forgetJob() }
        happened(.settled(fate))
    }

    private func forgetJob() {
        tellDroppedOutput()
        current = nil
        record.clearJob()
    }
}

extension DroppedJob.Reason {
    /// In words, for the log.
    var sentence: String {
        switch self {
        case .missing: "its hash is missing: expired or deleted"
        case .notAHash: "its key is not a hash"
        case .canceled: "it was canceled"
        case .running: "it is running already, and will be queued again after that"
        }
    }
}
