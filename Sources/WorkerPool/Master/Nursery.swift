import Glibc
import Logging

/// Where children come from: turns orders into processes, and writes down what becomes of them.
///
/// *Master process.*
final class Nursery {
    private let seating: Seating
    private let scoreboard: Scoreboard
    private let configuration: Configuration
    private let options: MasterOptions
    private let offspring: Offspring
    private let controls: [Control]
    private let log = Logger(label: "rqd.master")

    /// A control socket in a box, because an array cannot hold what has one owner.
    private final class Control {
        let socket: ControlSocket

        init() throws(SystemCallError) { socket = try ControlSocket() }
    }

    init(
        seating: Seating, scoreboard: Scoreboard, configuration: Configuration,
        options: MasterOptions, offspring: Offspring
    ) throws(SystemCallError) {
        self.seating = seating
        self.scoreboard = scoreboard
        self.configuration = configuration
        self.options = options
        self.offspring = offspring
        var controls: [Control] = []
        for _ in seating.pythons { controls.append(try Control()) }
        self.controls = controls
    }

    /// Forks a worker.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.
    func startWorker(_ start: WorkerStart) -> Int32? {
        let seat = seating.seats[start.slot]
        let record = scoreboard[start.slot]
        record.begin(generation: start.generation)
        record.workerName = seat.name
        let control = seat.stable.map { controls[$0].socket.workerEnd.number }
        let assignment = WorkerAssignment(
            pool: seat.pool, redis: configuration.redis, slot: seat.slot, record: record,
            name: seat.name,
            generation: start.generation, stableControl: control, sweepsHost: start.sweepsHost,
            predecessor: start.predecessor, settlesOnly: start.settlesOnly,
            maintenanceInterval: configuration.scheduler.maintenanceInterval,
            log: configuration.log,
            burst: options.burst, endsIfNameTaken: options.foreground,
            poolSlots: seating.slots(ofPoolAt: start.slot),
            scoreboard: scoreboard)
        do {
            let pid = try Fork.child(
                title: "rqd: worker \(seat.label)",
                keeping: [control, scoreboard.newsDescriptor].compactMap(\.self)
                    + options.inherited
            ) { offspring.worker(assignment) }
            record.pid = pid
            log.debug("worker started", metadata: fields(start.slot, ["pid": "\(pid)"]))
            return pid
        } catch {
            log.error(
                "worker could not be started",
                metadata: fields(start.slot, ["error": "\(error)"]))
            return nil
        }
    }

    /// Passes on what a dead worker had of its pool's lead.
    func passLead(of slot: Int) {
        PoolLead(scoreboard, slots: seating.slots(ofPoolAt: slot)).leave(slot) {
            PromotionSocket.tell(slot: $0, master: getpid())
        }
    }

    /// Forks a stable.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.

    func startStable(_ index: Int) -> Int32? {
        let python = seating.pythons[index]
        let control = controls[index].socket.stableEnd.number
        do {
            let pid = try Fork.child(
                title: "rqd: stable \(seating.poolNames(of: index))", keeping: [control]
            ) { offspring.stable(python, configuration.redis, control) }
            log.debug(
                "stable started",
                metadata: ["pid": "\(pid)", "interpreter": "\(python.interpreter)"])
            return pid
        } catch {
            log.error("stable could not be started", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Forks the scheduler.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.
    func startScheduler(_ assignment: SchedulerAssignment) -> Int32? {
        do {
            let pid = try Fork.child(title: "rqd: scheduler", keeping: options.inherited) {
                offspring.scheduler(assignment)
            }
            log.debug("scheduler started", metadata: ["pid": "\(pid)"])
            return pid
        } catch {
            log.error("scheduler could not be started", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// The scheduler ended; with status 0 it was told to, or was through.
    func logEndOfScheduler(pid: Int32, _ ending: Ending) {
        let fields: Logger.Metadata = ["pid": "\(pid)", "ending": "\(ending)"]
        if ending == .exited(code: 0) {
            log.debug("scheduler ended", metadata: fields)
        } else {
            log.error("scheduler died", metadata: fields)
        }
    }

    /// Sends a signal to a child that has not been reaped, so that the pid is its own.
    func signal(_ pid: Int32, _ signal: SignalToChild) {
        let number =
            switch signal {
            case .warmStop: SIGTERM
            case .coldStop: SIGQUIT
            case .kill: SIGKILL
            }
        guard kill(pid, number) != 0 else { return }
        let error = SystemCallError.last("kill", "pid \(pid), \(SignalName.of(number))")
        log.warning("child could not be signalled", metadata: ["error": "\(error)"])
    }

    /// A worker ended; `last` was in its record.
    func logEnd(of slot: Int, pid: Int32, _ ending: Ending, _ last: SlotReading) {
        var more: Logger.Metadata = ["pid": "\(pid)", "ending": "\(ending)"]
        switch ending {
        case .exited(WorkerExit.finished), .exited(WorkerExit.wantsSuccessor):
            log.debug("worker ended", metadata: fields(slot, more))
        case .exited, .killed:
            more["state"] = "\(last.state)"
            if !last.jobID.isEmpty { more["RQ_JOB_ID"] = "\(last.jobID)" }
            log.warning("worker died", metadata: fields(slot, more))
        }
    }

    /// A stable ended, which is as it should be during a stop only.
    func logEnd(ofStable index: Int, pid: Int32, _ ending: Ending, isStopping: Bool) {
        let fields: Logger.Metadata = [
            "pid": "\(pid)", "ending": "\(ending)",
            "interpreter": "\(seating.pythons[index].interpreter)",
        ]
        if isStopping {
            log.debug("stable ended", metadata: fields)
        } else {
            log.error("stable died", metadata: fields)
        }
    }

    /// A slot waits before its next worker is started.
    func logPostponed(_ slot: Int, _ wait: Duration) {
        log.warning(
            "worker is restarted later",
            metadata: fields(slot, ["after": "\(DurationText.text(wait))"]))
    }

    /// A worker did not stop in time.
    func logOverdue(_ slot: Int) {
        log.error(
            "worker did not stop in time and is killed",
            metadata: fields(slot, ["pid": "\(scoreboard[slot].pid)"]))
    }

    /// A dead worker's job could not be settled before the end.
    func logUnsettled(_ slot: Int) {
        log.error(
            "dead worker's job is left for the next start to settle", metadata: fields(slot, [:]))
    }

    /// One line for each slot.
    func logSlots(_ slots: [MasterSlot]) {
        for slot in slots {
            let reading = slot.reading
            var more: Logger.Metadata = [
                "state": "\(slot.isRestarting ? "restarting" : "\(reading.state)")",
                "pid": "\(slot.pid ?? 0)", "generation": "\(slot.generation)",
                "succeeded": "\(reading.succeeded)", "failed": "\(reading.failed)",
            ]
            if !reading.jobID.isEmpty { more["RQ_JOB_ID"] = "\(reading.jobID)" }
            if let started = reading.jobStarted, !reading.jobID.isEmpty {
                more["since"] = "\(DurationText.text(.now() - started))"
            }
            if !reading.complaint.isEmpty { more["complaint"] = "\(reading.complaint)" }
            log.notice("slot", metadata: fields(slot.index, more))
        }
    }

    private func fields(_ slot: Int, _ more: Logger.Metadata) -> Logger.Metadata {
        let seat = seating.seats[slot]
        return more.merging(
            [
                "RQD_POOL": "\(seat.pool.name)", "RQD_SLOT": "\(seat.slot)",
                "RQ_WORKER": "\(seat.name)",
            ]
        ) { given, _ in given }
    }
}
