import Glibc
import Logging

/// How the master answers at its control socket, and signals that ask for the same.
///
/// *Master process.*
extension Master {
    /// Offers the control socket; without it, all works but `rqd status` and its like.
    ///
    /// - Returns: false when another daemon answers there: with the same settings, the two would
    ///   quarrel about their workers' names.
    func openControl() -> Bool {
        if let handed = handed?.control {
            do {
                control = try ControlListener(
                    adopting: handed.descriptor, at: handed.path, loop: loop
                ) { [unowned self] in
                    serve($0, answering: $1)
                }
            } catch {
                log.warning("control socket not offered", metadata: ["error": "\(error)"])
            }
            return true
        }
        let path = configuration.control.socket
        guard !path.isEmpty else { return true }
        do {
            control = try ControlListener(loop: loop, path: path) { [unowned self] in
                serve($0, answering: $1)
            }
        } catch {
            if case .inUse = error {
                log.error("master cannot run", metadata: ["error": "\(error)"])
                return false
            }
            log.warning("control socket not offered", metadata: ["error": "\(error)"])
        }
        return true
    }

    private func serve(
        _ command: ControlCommand, answering answer: @escaping (ControlMessage.Reply) -> Void
    ) {
        readScoreboard()
        switch command {
        case .status: answer(ControlMessage.Reply(ok: true, status: statusReport()))
        case .stack(let id): askForStack(of: id, answering: answer)
        case .metrics: answer(ControlMessage.Reply(ok: true, metrics: metricsText()))
        case .scale(let pool, let workers):
            answer(ControlMessage.reply(scale(pool, to: workers)))
        case .pause(let pool): answer(ControlMessage.reply(pause(pool, true)))
        case .resume(let pool): answer(ControlMessage.reply(pause(pool, false)))
        case .stopJob(let id):
            answer(ControlMessage.reply(end(id, "stopped") { .stopJob(execution: $0) }))
        case .killJob(let id):
            answer(ControlMessage.reply(end(id, "killed") { .killJob(execution: $0) }))
        case .logLevel(let level): answer(ControlMessage.reply(log(from: level)))
        case .reload: begin(.reload) { answer(ControlMessage.reply($0)) }
        case .upgrade: begin(.upgrade) { answer(ControlMessage.reply($0)) }
        case .restart(let name):
            do {
                var pools = nursery.roster.order
                if let name { pools = [try pool(named: name)] }
                begin(.restart(pools)) { answer(ControlMessage.reply($0)) }
            } catch {
                answer(ControlMessage.reply(error))
            }
        }
    }

    /// How things stand, as the scoreboard was read last.
    func statusReport() -> StatusReport {
        let facts = StatusReport.MasterFacts(
            pid: getpid(), startedAt: startedAt, started: started, restarts: state.restarts,
            schedulerPid: state.scheduler.map { $0.pid ?? 0 },
            schedulerState: state.scheduler?.word, status: MasterStatus(of: state).line,
            schedulerQueues: scheduling.flatMap { $0.settings.enabled ? $0.queues.count : nil },
            past: state.past,
            logLevel: LogSystem.level.rawValue,
            redis: SecretMask.hiding(in: configuration.redis.url),
            controllers: nursery.groups.controllers,
            reloadError: state.refusal.isEmpty ? nil : state.refusal,
            change: pending?.kind.word, lastChange: lastChange, isLastChangeLate: isLastChangeLate)
        return StatusReport(
            nursery.roster, state.pools, state.slots, scoreboard, facts, now: .now())
    }

    /// The number of a pool, for as long as the service works.
    private func pool(named name: String) throws(ControlMessage.Refusal) -> Int {
        guard state.phase == .working else { throw .unavailable("the service is stopping") }
        if let number = nursery.roster.pool(named: name) { return number }
        let known = nursery.roster.order.map { nursery.roster.pools[$0].name }
        let shown = PrintableText.of(String(name.prefix(64)))
        throw .usage("there is no pool \"\(shown)\"; there are \(known.joined(separator: ", "))")
    }

    private func scale(_ name: String, to workers: Int) -> ControlMessage.Answer {
        do {
            let pool = try pool(named: name)
            if let scaling = state.pools[pool].scaling {
                return .failure(
                    .usage(
                        "\(name) scales by itself, between \(scaling.least) and \(scaling.most) "
                            + "workers; change workers and max_workers in the configuration"))
            }
            let most = state.mostWorkers(ofPool: pool)
            guard (0...most).contains(workers) else {
                return .failure(
                    .usage("\(name) can have 0 to \(most) workers, not \(workers)"))
            }
            let before = state.pools[pool].wanted
            log.notice(
                "pool is scaled",
                metadata: ["RQD_POOL": "\(name)", "from": "\(before)", "to": "\(workers)"])
            perform(state.scale(pool: pool, to: workers, at: .now()))
            return .success("\(name) has \(workers) workers now, \(before) before")
        } catch {
            return .failure(error)
        }
    }

    /// The program and all workers are replaced, for the signal USR2.
    func upgradeBySignal() {
        guard let obstacle = obstacle(to: .upgrade) else { return begin(.upgrade) { _ in } }
        log.warning("workers are not replaced", metadata: ["reason": "\(obstacle.reason)"])
    }

    /// One worker more or less, for the signals TTIN and TTOU.
    func scaleFirstPool(by step: Int) {
        guard let pool = nursery.roster.order.first else { return }
        readScoreboard()
        let name = nursery.roster.pools[pool].name
        let wanted = max(state.pools[pool].wanted + step, 0)
        if case .failure(let refusal) = scale(name, to: wanted) {
            log.warning("pool is not scaled", metadata: ["reason": "\(refusal.reason)"])
        }
    }

    /// Lets the pools that scale by themselves do so.
    ///
    /// - Returns: by pool, since when its oldest job has waited.
    func letPoolsScale(at now: MonotonicTime) -> [Int: MonotonicTime] {
        let scaling = state.pools.indices.filter { state.pools[$0].isScaling }
        guard !scaling.isEmpty, state.phase == .working else { return [:] }
        var waiting: [Int: MonotonicTime] = [:]
        for pool in scaling { waiting[pool] = scoreboard.waitingSince(pool: pool) }
        let shortage = waiting.isEmpty ? nil : pressure.shortage()
        perform(state.scaleByItself(waiting: waiting, isPressed: shortage != nil, at: now))
        if let shortage, self.shortage == nil {
            log.info("pools do not grow", metadata: ["reason": "\(shortage)"])
        }
        self.shortage = shortage
        return waiting
    }

    private func pause(_ name: String, _ isPaused: Bool) -> ControlMessage.Answer {
        do {
            let pool = try pool(named: name)
            if let hosted = nursery.roster.pools[pool].hostedClass {
                return .failure(
                    .usage(
                        "\(name) runs the worker class \(hosted), which cannot be paused; "
                            + "scale it to 0"))
            }
            guard state.pools[pool].isPaused != isPaused else {
                return .success("\(name) is \(isPaused ? "paused" : "not paused") already")
            }
            log.notice(
                isPaused ? "pool is paused" : "pool is resumed", metadata: ["RQD_POOL": "\(name)"])
            perform(state.pause(pool: pool, isPaused))
            let busy = state.slots.count { $0.pool == pool && $0.isBusy }
            let rest = busy == 0 ? "" : busy == 1 ? "; 1 job goes on" : "; \(busy) jobs go on"
            return .success(isPaused ? "\(name) is paused\(rest)" : "\(name) takes jobs again")
        } catch {
            return .failure(error)
        }
    }

    private func log(from level: LogConfiguration.Level) -> ControlMessage.Answer {
        let before = LogSystem.level
        log.notice("log level is changed", metadata: ["from": "\(before)", "to": "\(level)"])
        LogSystem.level = level
        return .success("logging from \(level) on, \(before) before")
    }

    /// The slot in which a job runs, as the scoreboard was read last.
    func slot(running id: String) throws(ControlMessage.Refusal) -> MasterSlot {
        // The scoreboard keeps a long id's beginning only.
        let known = String(decoding: id.utf8.prefix(SlotRecord.longestJobID), as: UTF8.self)
        let slot = state.slots.first { $0.pid != nil && $0.reading.jobID == known }
        if !id.isEmpty, let slot { return slot }
        throw .noSuchJob("no job \(PrintableText.of(String(id.prefix(255)))) runs here")
    }

    /// Ends a job that runs here.
    private func end(
        _ id: String, _ how: String, _ order: (String) -> WorkerOrder
    ) -> ControlMessage.Answer {
        let slot: MasterSlot
        do {
            slot = try self.slot(running: id)
        } catch {
            return .failure(error)
        }
        guard nursery.roster.pools[slot.pool].hostedClass == nil else {
            return .failure(
                .unavailable("it runs in worker_class, which takes commands through Redis only"))
        }
        let execution = scoreboard[slot.index].executionID
        guard nursery.tell(slot, order(execution)) else {
            return .failure(.unavailable("its worker does not take orders"))
        }
        return .success("\(id) is being \(how), by worker \(nursery.roster.label(slot))")
    }
}
