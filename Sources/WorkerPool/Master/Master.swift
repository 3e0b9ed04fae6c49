import CLinux
import Glibc
import Logging

/// The one supervising process: waits, asks `MasterState`, and obeys.
///
/// *Master process.* One thread, no Redis connection, no job. It forks stables
/// and workers, reaps them, passes stop signals on, and tells the service
/// manager how things stand.
public final class Master {
    private var state: MasterState
    private var notifier = ServiceNotifier()
    private let configuration: Configuration
    private let started = MonotonicTime.now()
    private let startedAt = Int64(time(nil))
    private let loop: EventLoop
    private let nursery: Nursery
    private let scheduling: SchedulerAssignment?
    private let scoreboard: Scoreboard
    private let log = Logger(label: "rqd.master")
    private var wakeUp: TimerSource?
    private var nextLook: TimerSource?
    private var control: ControlListener?
    private var shownTitle = ""

    /// How often the scoreboard is read once all is well, however much happens.
    private static let calmInterval = Duration.seconds(1)
    /// How often it is read while workers are still to register.
    private static let eagerInterval = Duration.milliseconds(20)

    /// Runs the service until it is stopped.
    ///
    /// - Parameters:
    ///   - configuration: merged and checked.
    ///   - options: what the command line adds.
    /// - Returns: the program's exit status; see `MasterExit` and `docs/SIGNALS.md`.
    public static func run(configuration: Configuration, options: MasterOptions) -> Int32 {
        run(configuration, options, Offspring())
    }

    /// The same with other things for children to do, for trying the master by itself.
    static func run(
        _ configuration: Configuration, _ options: MasterOptions, _ offspring: Offspring
    ) -> Int32 {
        ProcessTitle.adopt()
        // Whoever started us may have left signals blocked, or its pipe to our log closed.
        SignalMask.nothing.apply()
        signal(SIGPIPE, SIG_IGN)
        do {
            let master = try Master(configuration, options, offspring)
            return try master.run()
        } catch {
            Logger(label: "rqd.master").error(
                "master cannot run", metadata: ["error": "\(error)"])
            return MasterExit.system
        }
    }

    private init(
        _ configuration: Configuration, _ options: MasterOptions, _ offspring: Offspring
    ) throws(SystemCallError) {
        self.configuration = configuration
        let seating = Seating(configuration.pools, host: HostIdentity.hostname)
        loop = try EventLoop()
        scoreboard = try Scoreboard(slots: seating.seats.count)
        nursery = try Nursery(
            seating: seating, scoreboard: scoreboard, configuration: configuration,
            options: options, offspring: offspring)
        scheduling = SchedulerAssignment(configuration, runsOnce: options.burst)
        let slots = seating.seats.enumerated().map { index, seat in
            MasterSlot(
                index: index, stopTimeout: seat.pool.stopTimeout, killGrace: seat.pool.killGrace)
        }
        let stables = seating.pythons.map { MasterStable(interpreter: $0.interpreter) }
        state = MasterState(
            slots: slots, stables: stables,
            scheduler: scheduling.map { MasterScheduler(runsOnce: $0.runsOnce) },
            replacement: options.replacement)
    }

    private func run() throws(SystemCallError) -> Int32 {
        try loop.onSignal(SIGCHLD) { [unowned self] in reap() }
        try loop.onSignal(SIGTERM) { [unowned self] in stop(.terminate) }
        try loop.onSignal(SIGINT) { [unowned self] in stop(.interrupt) }
        try loop.onSignal(SIGQUIT) { [unowned self] in stop(.quit) }
        try loop.onSignal(SIGUSR1) { [unowned self] in report() }
        for number in [SIGHUP, SIGUSR2, SIGTTIN, SIGTTOU] {
            try loop.onSignal(number) { [unowned self] in ignored(number) }
        }
        let news = try loop.onDescriptor(scoreboard.newsDescriptor, .read) {
            [unowned self] _ in lookSoonAgain()
        }
        let nextLook = try loop.onTimer { [unowned self] in look() }
        let wakeUp = try loop.onTimer { [unowned self] in wakeUpIsDue() }
        try loop.whenIdle { [unowned self] in settleDown() }
        (self.nextLook, self.wakeUp) = (nextLook, wakeUp)
        guard openControl() else { return MasterExit.configuration }
        let isWatched = try loop.keepWatchdogFed()
        log.info(
            "master started",
            metadata: [
                "pid": "\(getpid())", "workers": "\(state.slots.count)",
                "watchdog": "\(isWatched)",
            ])
        look()
        perform(state.start())
        settleDown()
        defer { news.cancel() }
        return try loop.run()
    }

    /// Offers the control socket; without it, all works but `rqd status`.
    ///
    /// - Returns: false when another daemon answers there: with the same settings, the two would
    ///   quarrel about their workers' names.
    private func openControl() -> Bool {
        let path = configuration.control.socket
        guard !path.isEmpty else { return true }
        do {
            control = try ControlListener(loop: loop, path: path) { [unowned self] in
                statusReport()
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

    private func statusReport() -> StatusReport {
        let facts = StatusReport.MasterFacts(
            pid: getpid(), startedAt: startedAt, started: started, restarts: state.restarts,
            schedulerPid: state.scheduler.map { $0.pid ?? 0 })
        return StatusReport(configuration, scoreboard, facts, now: .now())
    }

    // What happens to it.

    /// Children ended: one signal may stand for many of them.
    private func reap() {
        while true {
            var status: Int32 = 0
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return }
            childEnded(pid, Ending(waitStatus: status))
        }
    }

    private func childEnded(_ pid: Int32, _ ending: Ending) {
        let now = MonotonicTime.now()
        let jitter = Double.random(in: 0...1)
        switch state.child(of: pid) {
        case .worker(let slot):
            let last = SlotReading(scoreboard[slot])
            scoreboard[slot].state = .gone
            nursery.passLead(of: slot)
            nursery.logEnd(of: slot, pid: pid, ending, last)
            perform(state.workerEnded(slot: slot, ending, last, at: now, jitter: jitter))
        case .stable(let index):
            nursery.logEnd(ofStable: index, pid: pid, ending, isStopping: state.phase != .working)
            perform(state.stableEnded(index, ending, at: now, jitter: jitter))
        case .scheduler:
            nursery.logEndOfScheduler(pid: pid, ending)
            perform(state.schedulerEnded(at: now, jitter: jitter))
        case nil:
            // An orphan that was handed to us because we are the container's first process.
            log.debug("unknown process reaped", metadata: ["pid": "\(pid)"])
        }
    }

    private func stop(_ request: StopRequest) {
        readScoreboard()
        let now = MonotonicTime.now()
        let before = state.phase
        let actions = state.asked(request, at: now)
        guard state.phase != before else { return }
        switch state.phase {
        case .warmStop:
            log.info("warm stop: running jobs finish", metadata: ["request": "\(request)"])
        case .coldStop:
            log.warning(
                "cold stop: running jobs are handed back", metadata: ["request": "\(request)"])
        case .working, .closing, .finished: break
        }
        notifier.stopping(
            MasterStatus(of: state).line, within: state.stopTimeLeft(at: now), at: now)
        perform(actions)
    }

    private func ignored(_ signal: Int32) {
        log.warning(
            "this signal has no meaning for this version and is ignored",
            metadata: ["signal": "\(SignalName.of(signal))"])
    }

    private func report() {
        look()
        nursery.logSlots(state.slots)
    }

    private func wakeUpIsDue() {
        let now = MonotonicTime.now()
        notifier.due(at: now)
        perform(state.due(at: now))
    }

    /// There is news: read it now, and ask for more only after a while.
    private func lookSoonAgain() {
        scoreboard.forgetNews()
        readScoreboard()
        nextLook?.arm(after: state.isReady ? Self.calmInterval : Self.eagerInterval)
    }

    private func look() {
        scoreboard.wantNews()
        readScoreboard()
    }

    private func readScoreboard() {
        state.looked((0..<scoreboard.slots).map { SlotReading(scoreboard[$0]) })
    }

    // What it does.

    private func perform(_ actions: [MasterAction]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: MasterAction) {
        switch action {
        case .startWorker(let start): startWorker(start)
        case .startStable(let index): startStable(index)
        case .startScheduler: startScheduler()
        case .signal(let pid, let signal): nursery.signal(pid, signal)
        case .postponed(let slot, let wait): nursery.logPostponed(slot, wait)
        case .overdue(let slot): nursery.logOverdue(slot)
        case .unsettled(let slot): nursery.logUnsettled(slot)
        case .finish(let exitCode):
            log.info("master stopped", metadata: ["status": "\(exitCode)"])
            loop.stop(exitCode)
        }
    }

    private func startWorker(_ start: WorkerStart) {
        let now = MonotonicTime.now()
        if let pid = nursery.startWorker(start) {
            state.workerStarted(slot: start.slot, pid: pid, at: now)
        } else {
            let jitter = Double.random(in: 0...1)
            perform(state.workerNotStarted(slot: start.slot, at: now, jitter: jitter))
        }
    }

    private func startStable(_ index: Int) {
        let now = MonotonicTime.now()
        if let pid = nursery.startStable(index) {
            state.stableStarted(index, pid: pid, at: now)
        } else {
            let jitter = Double.random(in: 0...1)
            perform(state.stableEnded(index, nil, at: now, jitter: jitter))
        }
    }

    private func startScheduler() {
        guard let scheduling else { return }
        let now = MonotonicTime.now()
        if let pid = nursery.startScheduler(scheduling) {
            state.schedulerStarted(pid: pid, at: now)
        } else {
            perform(state.schedulerEnded(at: now, jitter: .random(in: 0...1)))
        }
    }

    /// After each round: shows how things stand and sets the alarm clock.
    private func settleDown() {
        let now = MonotonicTime.now()
        let status = MasterStatus(of: state)
        if status.title != shownTitle {
            shownTitle = status.title
            ProcessTitle.set(status.title)
        }
        notifier.status(status.line, at: now)
        if state.isReady { notifier.ready(at: now) }
        let due = [state.nextDue, ServiceNotifier.hasListener ? notifier.nextDue : nil]
        if let next = due.compactMap(\.self).min() {
            wakeUp?.arm(at: next)
        } else {
            wakeUp?.disarm()
        }
    }
}
