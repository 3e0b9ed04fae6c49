import CLinux
import Glibc
import Logging

/// Where children come from: turns orders into processes, and writes down what becomes of them.
///
/// *Master process.*
final class Nursery {
    private(set) var roster: Roster
    /// The roster of a change that is being tried.
    private(set) var prepared: Roster?
    private let scoreboard: Scoreboard
    private var configuration: Configuration
    private let options: MasterOptions
    private let offspring: Offspring
    /// By the stable's number.
    private var controls: [Control]
    /// By the stable's number: how the loading of the newest one goes.
    private var loadings: [Int: StableLoading] = [:]
    /// The stables whose application has been loaded, and `on_start` called.
    private var hasCalledOnStart: Set<Int> = []
    /// By place on the scoreboard: where the present workers' orders go.
    private var orders: [Int: OrderSocket] = [:]
    let groups: ControlGroupTree
    let log = Logger(label: "rqd.master")

    /// A control socket in a box, because an array cannot hold what has one owner.
    private final class Control {
        let socket: ControlSocket

        init() throws(SystemCallError) { socket = try ControlSocket() }

        init(_ handed: Handover.Stable) {
            socket = ControlSocket(stableEnd: handed.stableEnd, workerEnd: handed.workerEnd)
        }
    }

    init(
        roster: Roster, scoreboard: Scoreboard, configuration: Configuration,
        options: MasterOptions, offspring: Offspring, handover: Handover? = nil
    ) throws(SystemCallError) {
        self.roster = roster
        self.scoreboard = scoreboard
        self.configuration = configuration
        self.options = options
        self.offspring = offspring
        groups = ControlGroupTree(for: roster.pools)
        var controls: [Control] = []
        for number in roster.stables.indices {
            let handed = handover?.stables[number]
            if let handed, !handed.isVacant {
                controls.append(Control(handed))
            } else {
                controls.append(try Control())
            }
        }
        self.controls = controls
        for (place, slot) in (handover?.slots ?? []).enumerated() {
            orders[place] = slot.orders.map { OrderSocket(adopting: $0) }
        }
    }

    /// Forks a worker.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.
    func startWorker(
        _ start: WorkerStart, in slot: MasterSlot, isPaused: Bool
    ) -> Int32? {
        let record = scoreboard[start.slot]
        if start.generation == 1 {
            record.occupy(pool: slot.pool)
            scoreboard.used = max(scoreboard.used, start.slot + 1)
        }
        record.begin(generation: start.generation)
        let name = roster.workerName(slot)
        record.workerName = name
        let control = roster.stableOfPool[slot.pool].map { controls[$0].socket.workerEnd.number }
        orders[start.slot] = nil
        do {
            DescriptorLimit.makeRoom(beyond: start.slot)
            let (orders, inbox) = try OrderSocket.pair()
            let assignment = WorkerAssignment(
                pool: roster.pools[slot.pool], redis: configuration.redis, slot: slot.number,
                record: record, name: name,
                spareName: slot.hasOwnName || options.foreground ? nil : Roster.ownName(name),
                generation: start.generation, stableControl: control,
                sweepsHost: start.sweepsHost,
                deathRules: WorkerDeathRules(start.sweepsHost ? configuration.pools : []),
                predecessor: start.predecessor,
                settlesOnly: start.settlesOnly,
                maintenanceInterval: configuration.scheduler.maintenanceInterval,
                log: configuration.log, burst: options.burst,
                endsIfNameTaken: options.foreground, poolNumber: slot.pool, place: start.slot,
                orders: inbox.descriptor, isPaused: isPaused,
                group: groups.group(of: roster.label(slot), roster.pools[slot.pool]),
                means: groups.means(of: roster.pools[slot.pool]), scoreboard: scoreboard)
            let pid = try Fork.child(
                title: "rqd: worker \(roster.label(slot))",
                keeping: [control, scoreboard.newsDescriptor, inbox.descriptor].compactMap(\.self)
                    + options.inherited
            ) { offspring.worker(assignment) }
            self.orders[start.slot] = orders
            record.pid = pid
            log.debug("worker started", metadata: fields(slot, ["pid": "\(pid)"]))
            return pid
        } catch {
            log.error(
                "worker could not be started", metadata: fields(slot, ["error": "\(error)"]))
            return nil
        }
    }

    /// Tells a slot's worker something.
    ///
    /// - Returns: false when it does not listen; that is logged.
    @discardableResult
    func tell(_ slot: MasterSlot, _ order: WorkerOrder) -> Bool {
        if orders[slot.index]?.send(order) == true { return true }
        log.warning(
            "worker does not take orders", metadata: fields(slot, ["pid": "\(slot.pid ?? 0)"]))
        return false
    }

    /// Where a slot's worker is told things, and answers; nil where it has none.
    func orders(of slot: MasterSlot) -> OrderSocket? { orders[slot.index] }

    /// A slot's worker is gone: does for it what it would have done about its pool's lead, and what
    /// it has perhaps begun.
    func workerIsGone(_ slot: MasterSlot) {
        orders[slot.index] = nil
        change(leadOf: slot.pool, by: .departs(slot.index))
    }

    /// Goes through a change of a pool's lead.
    func change(leadOf pool: Int, by step: LeadStep) {
        PoolLead(scoreboard, pool: pool).run(step) { notify($0) }
    }

    /// Sends a slot's worker a datagram.
    ///
    /// - Returns: false when there is no such worker.
    @discardableResult
    func notify(_ slot: Int) -> Bool {
        PromotionSocket.send(toSlot: slot, master: getpid())
    }

    /// A slot is no more.
    func vacate(_ slot: MasterSlot) {
        scoreboard[slot.index].leave()
        groups.remove(roster.label(slot))
        log.info("worker retired", metadata: fields(slot, [:]))
    }

    /// Forks a stable.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.
    func startStable(_ index: Int) -> Int32? {
        var stable = (prepared ?? roster).stables[index]
        if loadings[index]?.report.isLoaded == true { hasCalledOnStart.insert(index) }
        stable.callsOnStart = !hasCalledOnStart.contains(index)
        let control = controls[index].socket.stableEnd.number
        loadings[index] = nil
        controls[index].socket.forgetReadiness()
        do {
            let (pipe, writer) = try ChildReport.pipe()
            let report = writer.descriptor
            let pid = try Fork.child(
                title: "rqd: stable \(stable.poolNames)", keeping: [control, report]
            ) { offspring.stable(stable, control, report) }
            loadings[index] = StableLoading(pipe)
            log.debug(
                "stable started",
                metadata: ["pid": "\(pid)", "interpreter": "\(stable.python.interpreter)"])
            return pid
        } catch {
            log.error("stable could not be started", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// What a stable has told of loading the application; nil for one that another program started.
    func loading(of index: Int) -> LoadingReport? { loadings[index]?.report }

    /// Where the newest stable of this number tells of it.
    func loadingPipe(of index: Int) -> StableLoading? { loadings[index] }

    /// What can be seen of a stable from here.
    func look(atStable index: Int, pid: Int32) -> StableLook {
        controls[index].socket.look(at: pid)
    }

    /// Both ends of a stable's socket, for the program that follows.
    func controlEnds(_ stable: Int) -> (stable: Int32, workers: Int32) {
        let control = controls[stable]
        return (control.socket.stableEnd.number, control.socket.workerEnd.number)
    }

    /// Where a slot's orders go, for the program that follows; nil where nobody reads them.
    func ordersDescriptor(_ slot: MasterSlot) -> Int32? { orders[slot.index]?.descriptor }

    /// Makes what a change needs before it can be tried.
    ///
    /// - Throws: `SystemCallError` when there are no descriptors.
    func prepare(_ change: RosterChange) throws(SystemCallError) {
        for number in change.newStables {
            // A number's socket is never used again: it may hold what was asked of an earlier one.
            let control = try Control()
            if number == controls.count {
                controls.append(control)
            } else {
                controls[number] = control
            }
            loadings[number] = nil
            hasCalledOnStart.remove(number)
        }
        prepared = change.roster
    }

    /// Nothing comes of the change.
    func forgetPrepared() { prepared = nil }

    /// The next children are made by this roster.
    func adopt(_ roster: Roster) {
        self.roster = roster
        prepared = nil
    }

    /// The next children are made by this configuration.
    func adopt(_ configuration: Configuration) { self.configuration = configuration }

    /// Forks the child that tries what a change asks for.
    ///
    /// - Returns: its pid, and what it leaves behind.
    /// - Throws: why there is none.
    func startCheck(_ check: ChangeCheck) throws -> (Int32, PendingChange.Trial) {
        let (report, writer) = try ChildReport.pipe()
        let tried = try MemoryFile("configuration")
        let pid = try Fork.child(
            title: "rqd: check", keeping: [writer.descriptor, tried.descriptor]
        ) {
            rqd_set_cloexec(writer.descriptor, 1)
            rqd_set_cloexec(tried.descriptor, 1)
            return check.run(report: writer.descriptor, tried: tried)
        }
        return (pid, PendingChange.Trial(report: report, memory: tried))
    }

    /// Forks the child that becomes the new program, for trying it.
    ///
    /// - Parameters:
    ///   - descriptors: those that it keeps.
    ///   - body: what it does.
    /// - Returns: its pid.
    /// - Throws: why there is none.
    func startTrial(keeping descriptors: [Int32], _ body: () -> Int32) throws -> Int32 {
        try Fork.child(title: "rqd: trial", keeping: descriptors, body)
    }

    /// Forks the child that tries a new stable.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.
    func startCanary(_ stable: Int) -> Int32? {
        let control = controls[stable].socket.workerEnd.number
        let account = (prepared ?? roster).stables[stable].account
        do {
            return try Fork.child(title: "rqd: canary", keeping: [control]) {
                Canary.run(control: control, of: account)
            }
        } catch {
            log.error("canary could not be started", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Forks the scheduler.
    ///
    /// - Returns: its pid, or nothing if it could not be forked; that is logged.
    func startScheduler(_ assignment: SchedulerAssignment) -> Int32? {
        do {
            let pid = try Fork.child(
                title: "rqd: scheduler",
                keeping: options.inherited + [scoreboard.newsDescriptor]
            ) { offspring.scheduler(assignment, scoreboard) }
            log.debug("scheduler started", metadata: ["pid": "\(pid)"])
            return pid
        } catch {
            log.error("scheduler could not be started", metadata: ["error": "\(error)"])
            return nil
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
}
