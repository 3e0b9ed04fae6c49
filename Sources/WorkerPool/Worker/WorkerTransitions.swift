import RQ

/// How each event changes a worker's state.
///
/// *Worker process.*
extension WorkerState {
    /// Records an event; what follows from all facets together is `decide`'s.
    mutating func take(_ event: WorkerEvent) -> [WorkerAction] {
        switch event {
        case .linkUp:
            link = .connected
            return []
        case .linkDown: return lostLink()
        case .registered(let unsettled): return registered(unsettled)
        case .nameTaken:
            // The loop drops the connections and tries again later.
            link = .down
            return []
        case .unregistered:
            if link == .up { link = .connected }
            return []
        case .stablePresent:
            stable = .present
            return wantsHorse ? [] : endHorseWait()
        case .horseAsked: return horseAsked()
        case .horseReady:
            stable = .horseReady
            return endHorseWait()
        case .horseGone:
            if stable == .horseReady { stable = .present }
            return []
        case .horseLoading: return horseLoads()
        case .horseLate(let isWorking, let isLoading):
            return horseIsLate(isWorking: isWorking, isLoading: isLoading)
        case .forkRefused: return forkRefused()
        case .stableLost: return lostStable()
        case .claimed(let reply): return claimed(reply)
        case .settled(let fate): return settled(fate)
        case .claimRefused(let pause): return claimRefused(pause)
        case .settlementRefused(let refusal, let reason, let pause):
            return settlementRefused(refusal, reason, pause)
        case .woken:
            isWoken = true
            return []
        case .reported(let outcome): return ended(outcome, by: nil)
        case .failedBeforeHandlers(let outcome): return failedBeforeHandlers(outcome)
        case .stackTold: return stackCame()
        case .stackAsked: return stackAsked()
        case .horseDied(let outcome, let ending): return ended(outcome, by: ending)
        case .horseRefused(let outcome, let ending): return refused(outcome, ending)
        case .errandEnded: return errandEnded()
        case .outgrown:
            spent = spent ?? .memory
            return []
        case .due(let timer): return due(timer)
        case .stopRequested(let kind): return requested(kind)
        case .paused: return pause(true)
        case .unpaused: return pause(false)
        case .told(let limits):
            newLimits = limits
            return []
        case .stopJob(let moment): return stopJob(at: moment)
        case .claimSettled: return claimSettled()
        case .killHorse: return kill(.killedByCommand)
        }
    }

    private mutating func registered(_ unsettled: [ExecutionID]) -> [WorkerAction] {
        link = .up
        isPayingDebt = false
        // A predecessor's debts come first. So what is found after they were paid is a claim of
        // our own whose reply was lost.
        if hasRegistered && debts.isEmpty { debtReason = .notStarted }
        hasRegistered = true
        // In a stop, a claim is not made again but handed back, if it was made.
        if case .claiming = duty, isStopping { duty = .hungry }
        let own = execution
        debts = unsettled.filter { $0 != own }
        let interval = job == nil ? limits.idleHeartbeat : limits.heartbeat
        var actions: [WorkerAction] = [.arm(.heartbeat, after: interval)]
        // A claim whose reply was lost is sent again under its id and brings the same job.
        if case .claiming(let execution) = duty { actions.append(.claim(execution)) }
        if job != nil { actions.append(.heartbeat(job)) }
        if job == nil && debts.isEmpty { actions.append(.show(resting)) }
        return actions
    }

    private mutating func lostLink() -> [WorkerAction] {
        link = .down
        isPayingDebt = false
        // What was on its way is sent again: every request is safe to repeat. A claim that
        // travelled along may have been made: then the next registration names it.
        switch duty {
        case .settling(.outcome(let job, let outcome), true, _):
            let next = delivery.broke(outcome, of: job)
            duty = .settling(.outcome(job, next), isSent: false, next: nil)
        case .settling(let settlement, true, _):
            duty = .settling(settlement, isSent: false, next: nil)
        case .leaving(let status, _): duty = .leaving(status: status, isSent: false)
        case .waiting: duty = .hungry
        case .claiming(let execution): claimBroke(execution)
        case .hungry, .holding, .running, .killing, .settling, .errand: break
        }
        return [.disarm(.heartbeat)] + (job == nil ? [.show(.connecting)] : [])
    }

    private mutating func lostStable() -> [WorkerAction] {
        stable = .absent
        switch duty {
        case .running(let job):
            duty = .settling(.handBack(job.execution, .stableDied), isSent: false, next: nil)
        case .killing(let job, let verdict):
            let reason: HandBackReason = verdict == .interrupted ? .stopped : .stableDied
            duty = .settling(.handBack(job.execution, reason), isSent: false, next: nil)
        case .errand(_, true): return errandEnded()
        // Looks again at its queues when there is another.
        case .waiting: duty = .hungry
        case .hungry, .claiming, .holding, .settling, .errand, .leaving: break
        }
        // A job that is in hand waits no longer for that.
        let waits = wantsHorse ? [] : endHorseWait()
        let isIdle = execution == nil && !isLeaving && !isPaused
        let shown: [WorkerAction] = isIdle ? [.show(.waitingForStable)] : []
        return [.disarm(.job), .disarm(.kill)] + waits + forgetStack() + shown
    }

    private mutating func claimed(_ reply: ClaimReply) -> [WorkerAction] {
        guard case .claiming = duty else {
            // The answer to a claim that was sent twice: a job that is not in hand goes back.
            if case .job(let job) = reply, job.execution != execution {
                debtReason = .notStarted
                debts.append(job.execution)
            }
            return []
        }
        (claimBreaks, undelivered) = (0, nil)
        switch reply {
        case .job(let job):
            duty = .holding(job)
            return [.arm(.heartbeat, after: limits.heartbeat)] + endIdleTime()
        case .empty where limits.isBurst:
            duty = .leaving(status: 0, isSent: false)
            return [.show(.stopping)]
        case .empty where isIdleOver && !isStopping:
            duty = .leaving(status: WorkerExit.wantsSuccessor, isSent: false)
            return [.show(.stopping)]
        case .empty where !hasStable:
            // A push would be for others. It looks again when it can run jobs.
            duty = .hungry
            return [.show(stable == .loading ? .waitingForImport : .waitingForStable)]
        case .empty:
            duty = .waiting
            return [.show(isPaused ? .paused : .idle)] + beginIdleTime()
        case .suspended where limits.isBurst:
            duty = .leaving(status: 0, isSent: false)
            return [.show(.stopping)]
        case .suspended:
            duty = .waiting
            return [.show(.suspended)] + endIdleTime()
        case .again:
            duty = .hungry
            return []
        case .unregistered:
            duty = .hungry
            if link == .up { link = .connected }
            return []
        }
    }

    /// Measures from the first look that found nothing.
    private mutating func beginIdleTime() -> [WorkerAction] {
        guard let span = limits.maxIdleTime, !isIdleTimed else { return [] }
        isIdleTimed = true
        return [.arm(.idle, after: span)]
    }

    /// There is a job, or there would be one but for the suspension.
    private mutating func endIdleTime() -> [WorkerAction] {
        guard isIdleTimed else { return [] }
        isIdleTimed = false
        isIdleOver = false
        return [.disarm(.idle)]
    }

    private mutating func settled(_ fate: Fate) -> [WorkerAction] {
        delivery = OutcomeDelivery()
        if isPayingDebt {
            isPayingDebt = false
            debts.removeFirst()
            // It has pushed to a queue, perhaps one that the last claim has seen empty, and the
            // server does not tell us of our own changes.
            isWoken = true
            return debts.isEmpty && job == nil ? [.show(resting)] : []
        }
        guard case .settling(let settlement, _, let next) = duty else { return [] }
        if horseWaits { return askHandlers(settlement) }
        if case .outcome(let job, let outcome) = settlement {
            jobsDone += 1
            if let errand = Errand(after: fate, job, outcome) {
                duty = .errand(errand, isRunning: false)
                return [.arm(.heartbeat, after: limits.idleHeartbeat)]
            }
        }
        if let next {
            duty = .claiming(next)
        } else {
            duty = .hungry
        }
        let waits = next == nil && stable == .loading && !isPaused
        return [.arm(.heartbeat, after: limits.idleHeartbeat)]
            + (waits ? [.show(.waitingForImport)] : [])
    }

    /// The horse has told its outcome, or has ended without: by this.
    mutating func ended(_ outcome: Outcome, by death: HorseEnding?) -> [WorkerAction] {
        let job: ClaimedJob
        var verdict: Verdict?
        switch duty {
        case .running(let running): job = running
        case .killing(let running, let why): (job, verdict) = (running, why)
        case .hungry, .waiting, .claiming, .holding, .settling, .errand, .leaving: return []
        }
        switch verdict {
        case .interrupted where death != nil:
            duty = .settling(.handBack(job.execution, .stopped), isSent: false, next: nil)
        case .stoppedByCommand where death != nil:
            let stopped = Outcome(
                kind: .stopped(text: "Job stopped by user, work-horse terminated."),
                started: outcome.started, ended: outcome.ended)
            if let errand = Errand(stopped: job, stopped) {
                duty = .errand(errand, isRunning: false)
            } else {
                duty = .settling(.outcome(job, stopped), isSent: false, next: nil)
            }
        case nil, .timedOut, .killedByCommand, .interrupted, .stoppedByCommand:
            // It told its outcome before the kill reached it: then that is what became of it.
            if let death, limits.tellsOfDeaths {
                let errand = Errand(horseOf: job, diedBy: death, outcome)
                duty = .errand(errand, isRunning: false)
            } else {
                duty = .settling(.outcome(job, outcome), isSent: false, next: nil)
            }
        }
        return [.disarm(.job), .disarm(.kill)] + forgetStack() + [.show(.settling)]
    }

    /// The errand is done, or given up; what is still to be recorded comes next.
    mutating func errandEnded() -> [WorkerAction] {
        guard case .errand(let errand, _) = duty else { return [] }
        if let outcome = errand.outcome {
            duty = .settling(.outcome(errand.job, outcome), isSent: false, next: nil)
        } else {
            duty = .hungry
        }
        return [.disarm(.job), .disarm(.kill)]
    }

    /// The horse had died while it waited: nothing of the job has run, so another horse takes it.
    private mutating func refused(_ outcome: Outcome, _ ending: HorseEnding) -> [WorkerAction] {
        guard case .running(let job) = duty else { return ended(outcome, by: ending) }
        duty = .holding(job)
        return [.disarm(.job)] + forgetStack()
    }

    private mutating func due(_ timer: WorkerTimer) -> [WorkerAction] {
        switch timer {
        case .heartbeat:
            guard link == .up else { return [] }
            // An idle worker also looks at its queues, should a wake-up have been lost.
            isWoken = true
            let interval = job == nil ? limits.idleHeartbeat : limits.heartbeat
            return [.heartbeat(job), .arm(.heartbeat, after: interval)]
        case .job where isOnErrand: return [.kill(force: true)]
        case .job:
            guard case .running(let job) = duty else { return [] }
            duty = .killing(job, .timedOut)
            return askForStack(.timeout)
        case .slow: return jobIsSlow()
        case .stack: return stackCame()
        case .idle:
            // One last look: what was pushed at this moment is not left to the successor.
            isIdleOver = true
            isWoken = true
            return []
        case .youth:
            isYoung = false
            return []
        case .age:
            spent = spent ?? .age
            return []
        case .stop:
            stop = .cold
            return interrupt(force: false)
        case .kill: return [.kill(force: true)]
        case .claimAgain:
            isClaimPausing = false
            isWoken = true
            return []
        case .settleAgain:
            delivery.isPausing = false
            return []
        // The loop looks at the slot stable first: `horseLate`.
        case .horse: return []
        }
    }

    private mutating func requested(_ kind: StopKind) -> [WorkerAction] {
        let isFirst = stop == nil || stop == .retire
        if kind == .cold || isFirst { stop = kind }
        switch kind {
        case .retire: return []
        case .warm where isFirst:
            // The heartbeat says so to those who look: `shutdown_requested_date`.
            let tells: [WorkerAction] = isRunningJob && link == .up ? [.heartbeat(job)] : []
            return tells + [.arm(.stop, after: limits.stopTimeout)]
        case .warm: return []
        case .cold: return interrupt(force: true)
        }
    }

    /// What waits looks again: at its queues, or not at all.
    private mutating func pause(_ isPaused: Bool) -> [WorkerAction] {
        guard isPaused != self.isPaused else { return [] }
        self.isPaused = isPaused
        if case .waiting = duty { duty = .hungry }
        if isPaused { return endIdleTime() }
        return stable == .loading && link == .up && job == nil ? [.show(.waitingForImport)] : []
    }

    /// The stop does not wait for the job any longer.
    private mutating func interrupt(force: Bool) -> [WorkerAction] {
        switch duty {
        case .running(let job):
            duty = .killing(job, .interrupted)
            if !force { return askForStack(.stop) }
        // It is killed as soon as its stack has come.
        case .killing where !force && stackUse != nil: return []
        case .killing, .errand(_, true): break
        case .hungry, .waiting, .claiming, .holding, .settling, .errand, .leaving: return []
        }
        if force { return [.kill(force: true)] }
        return [.kill(force: false), .arm(.kill, after: limits.killGrace)]
    }

    private mutating func stopJob(at moment: Timestamp) -> [WorkerAction] {
        guard case .holding(let job) = duty else { return kill(.stoppedByCommand) }
        let outcome = Outcome(
            kind: .stopped(text: "Job stopped by user before it started."),
            started: moment, ended: moment)
        duty = .settling(.outcome(job, outcome), isSent: false, next: nil)
        return [.show(.settling)]
    }

    /// Its hand-back will find that there is nothing left to do.
    private mutating func claimSettled() -> [WorkerAction] {
        guard case .holding(let job) = duty else { return kill(.interrupted) }
        duty = .settling(.handBack(job.execution, .notStarted), isSent: false, next: nil)
        return []
    }

    private mutating func kill(_ verdict: Verdict) -> [WorkerAction] {
        guard case .running(let job) = duty else { return [] }
        duty = .killing(job, verdict)
        return [.kill(force: true)]
    }
}
