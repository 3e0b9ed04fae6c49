import CLinux
import Glibc
import Logging

/// The one supervising process: waits, asks `MasterState`, and obeys.
///
/// *Master process.* One thread, no Redis connection, no job. It forks stables
/// and workers, reaps them, passes stop signals on, and tells the service
/// manager how things stand.
public final class Master {
    var state: MasterState
    var notifier = ServiceNotifier()
    var configuration: Configuration
    /// Where a reload has the configuration from; nil where there is none.
    let sources: ConfigurationSources?
    /// The reload or restart that is under way.
    var pending: PendingChange?
    /// What the last one has changed, in words.
    var lastChange: String?
    /// Whether workers of it had not come up in time.
    var isLastChangeLate = false
    /// Whether SIGHUP came while one was.
    var isReloadWanted = false
    let started: MonotonicTime
    let startedAt: Int64
    /// What the program before has handed over, if there was one.
    let handed: Handover?
    let loop: EventLoop
    let nursery: Nursery
    var scheduling: SchedulerAssignment?
    let scoreboard: Scoreboard
    let log = Logger(label: "rqd.master")
    private var wakeUp: TimerSource?
    private var nextLook: TimerSource?
    var watch: TimerSource?
    var leads = LeadWatch()
    var leadTimer: TimerSource?
    let pressure: Pressure
    /// Why pools do not grow although jobs wait; nil when nothing keeps them.
    var shortage: String?
    /// By the stable's number: hears how its loading goes, until that is over.
    var loadingSources: [Int: DescriptorSource] = [:]
    /// Whether the log says already that there are no huge pages.
    var arePagesRefused = false
    var control: ControlListener?
    var metrics: MetricsListener?
    /// By place on the scoreboard: who waits for the stack of a job there.
    var stackQuestions: [Int: StackQuestion] = [:]
    /// How the next version of this program is started; nil where there is no upgrade.
    let invocation: Invocation?
    private var shownTitle = ""

    /// How often the scoreboard is read once all is well, however much happens.
    private static let calmInterval = Duration.seconds(1)
    /// How often it is read while workers are still to register.
    private static let eagerInterval = Duration.milliseconds(20)

    /// How many more slots there may be than were configured at the start; unused ones cost nothing.
    private static let spareSlots = 8192

    /// Runs the service until it is stopped.
    ///
    /// - Parameters:
    ///   - configuration: merged and checked.
    ///   - options: what the command line adds.
    ///   - sources: where a reload has the configuration from; nil where there is none.
    ///   - invocation: how the next version of the program is started; nil where there is none.
    /// - Returns: the program's exit status; see `MasterExit` and `docs/SIGNALS.md`.
    public static func run(
        configuration: Configuration, options: MasterOptions,
        sources: ConfigurationSources? = nil,
        invocation: Invocation? = nil
    ) -> Int32 {
        run(configuration, options, Offspring(), sources, invocation)
    }

    /// The same with other things for children to do, for trying the master by itself.
    static func run(
        _ configuration: Configuration, _ options: MasterOptions, _ offspring: Offspring,
        _ sources: ConfigurationSources? = nil,
        _ invocation: Invocation? = nil
    ) -> Int32 {
        ProcessTitle.adopt()
        // Nor may jobs of the same user look into what is forked from here, until it becomes
        // another program: the password of Redis is in its memory.
        if !AccountObstacle.hidesProcesses, rqd_set_dumpable(0) != 0 {
            Logger(label: "rqd.master").error(
                "master cannot run",
                metadata: ["error": "\(SystemCallError.last("prctl", "PR_SET_DUMPABLE"))"])
            return MasterExit.system
        }
        // Whoever started us may have left signals blocked, or its pipe to our log closed. Those
        // that wait for a master that takes over are meant for it.
        if invocation?.handover == nil { SignalMask.nothing.apply() }
        signal(SIGPIPE, SIG_IGN)
        do {
            let master = try Master(configuration, options, offspring, sources, invocation)
            return try master.run()
        } catch {
            Logger(label: "rqd.master").error(
                "master cannot run", metadata: ["error": "\(error)"])
            return MasterExit.system
        }
    }

    private init(
        _ configuration: Configuration, _ options: MasterOptions, _ offspring: Offspring,
        _ sources: ConfigurationSources?,
        _ invocation: Invocation?
    ) throws {
        self.configuration = configuration
        self.sources = sources
        self.invocation = invocation
        loop = try EventLoop()
        if let descriptor = invocation?.handover {
            let handover = try Handover(from: descriptor)
            handed = handover
            close(descriptor)
            if let program = handover.program { close(program) }
            (started, startedAt) = (handover.started, handover.startedAt)
            scoreboard = try Scoreboard(
                adopting: handover.scoreboard, news: handover.news, slots: handover.room)
            let roster = Roster(handover, for: configuration, host: HostIdentity.hostname)
            nursery = try Nursery(
                roster: roster, scoreboard: scoreboard, configuration: configuration,
                options: options, offspring: offspring, handover: handover)
            pressure = Pressure(group: nursery.groups.path)
            state = MasterState(handover, at: .now())
            // Whatever it was, the next one has other pools to look after.
            scheduling = nil
            return
        }
        handed = nil
        (started, startedAt) = (.now(), Int64(time(nil)))
        let roster = Roster(
            configuration.pools, redis: configuration.redis, host: HostIdentity.hostname)
        scheduling = SchedulerAssignment(configuration, roster, runsOnce: options.burst)
        let room = configuration.pools.reduce(Self.spareSlots) {
            $0 + max($1.workers, $1.maxWorkers ?? 0)
        }
        scoreboard = try Scoreboard(slots: room)
        nursery = try Nursery(
            roster: roster, scoreboard: scoreboard, configuration: configuration,
            options: options, offspring: offspring)
        pressure = Pressure(group: nursery.groups.path)
        state = MasterState(
            pools: roster.masterPools, stables: roster.masterStables,
            scheduler: scheduling.map { MasterScheduler(runsOnce: $0.runsOnce) },
            replacement: options.replacement, room: room)
    }

    private func run() throws(SystemCallError) -> Int32 {
        try loop.onSignal(SIGCHLD) { [unowned self] in reap() }
        try loop.onSignal(SIGTERM) { [unowned self] in stop(.terminate) }
        try loop.onSignal(SIGINT) { [unowned self] in stop(.interrupt) }
        try loop.onSignal(SIGQUIT) { [unowned self] in stop(.quit) }
        try loop.onSignal(SIGUSR1) { [unowned self] in report() }
        try loop.onSignal(SIGTTIN) { [unowned self] in scaleFirstPool(by: 1) }
        try loop.onSignal(SIGTTOU) { [unowned self] in scaleFirstPool(by: -1) }
        try loop.onSignal(SIGHUP) { [unowned self] in reloadBySignal() }
        try loop.onSignal(SIGUSR2) { [unowned self] in upgradeBySignal() }
        let news = try loop.onDescriptor(scoreboard.newsDescriptor, .read) {
            [unowned self] _ in lookSoonAgain()
        }
        let nextLook = try loop.onTimer { [unowned self] in look() }
        let wakeUp = try loop.onTimer { [unowned self] in wakeUpIsDue() }
        try loop.whenIdle { [unowned self] in settleDown() }
        (self.nextLook, self.wakeUp) = (nextLook, wakeUp)
        guard openControl() else { return MasterExit.configuration }
        openMetrics()
        let watch = try loop.onTimer { [unowned self] in lookForHungWorkers() }
        self.watch = watch
        watch.arm(after: watchInterval)
        leadTimer = try loop.onTimer { [unowned self] in watchLeads() }
        leadTimer?.arm(after: Self.leadInterval)
        if handed != nil {
            takeOver()
            settleDown()
            defer { news.cancel() }
            return try loop.run()
        }
        log.info(
            "master started",
            metadata: [
                "pid": "\(getpid())", "workers": "\(state.slots.count)",
                "watchdog": "\(ServiceNotifier.watchdogInterval != nil)",
            ])
        nursery.warnOfRoot()
        look()
        perform(state.start())
        settleDown()
        defer { news.cancel() }
        return try loop.run()
    }

    // What happens to it.

    /// Children ended: one signal may stand for many of them.
    func reap() {
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
            nursery.workerIsGone(state.slots[slot])
            nursery.logEnd(of: state.slots[slot], pid: pid, ending, last)
            perform(state.workerEnded(slot: slot, ending, last, at: now, jitter: jitter))
        case .stable(let index):
            let isExpected = state.phase != .working || state.stables[index].isDismissed
            let report = nursery.loading(of: index) ?? LoadingReport()
            nursery.logEnd(ofStable: index, pid: pid, ending, report, isStopping: isExpected)
            if !isExpected { countDeath(of: "stable", ending) }
            let isOnTrial = state.stables[index].isOnTrial
            perform(
                state.stableEnded(
                    index, ending, failure: report.failure, at: now, jitter: jitter))
            if isOnTrial { canaryEnded(stable: index, ending) }
        case .check: checkEnded(ending)
        case .canary(let stable): canaryEnded(stable: stable, ending)
        case .scheduler:
            nursery.logEndOfScheduler(pid: pid, ending)
            countDeath(of: "scheduler", ending)
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

    func ignored(_ signal: Int32) {
        log.warning(
            "this signal has no meaning for this version and is ignored",
            metadata: ["signal": "\(SignalName.of(signal))"])
    }

    /// Each worker has shown that it is alive, or is replaced; then the service manager is told.
    private func lookForHungWorkers() {
        let now = MonotonicTime.now()
        readScoreboard()
        perform(state.watch(at: now))
        lookAtStables(at: now)
        nursery.groups.tidy()
        notifier.watchdog()
        watch?.arm(after: watchInterval)
    }

    /// As often as the service manager wants to hear of us, and as the most frequent heartbeat.
    var watchInterval: Duration {
        let heartbeats = configuration.pools.map { max($0.heartbeatInterval, .seconds(1)) }
        return ([ServiceNotifier.watchdogInterval ?? .seconds(30)] + heartbeats).min()
            ?? .seconds(30)
    }

    private func report() {
        look()
        nursery.logSlots(state.slots)
    }

    private func wakeUpIsDue() {
        let now = MonotonicTime.now()
        notifier.due(at: now)
        readScoreboard()
        lookAtStables(at: now)
        perform(state.due(at: now))
    }

    /// There is news: read it now, and ask for more only after a while.
    private func lookSoonAgain() {
        scoreboard.forgetNews()
        readScoreboard()
        lookAtStables(at: .now())
        let isCalm = state.isReady && state.change == nil
        nextLook?.arm(after: isCalm ? Self.calmInterval : Self.eagerInterval)
    }

    func look() {
        scoreboard.wantNews()
        readScoreboard()
        lookAtStables(at: .now())
    }

    func readScoreboard() {
        state.looked(state.slots.indices.map { SlotReading(scoreboard[$0]) })
    }

    /// After each round: shows how things stand and sets the alarm clock.
    private func settleDown() {
        let now = MonotonicTime.now()
        attendToChange(at: now)
        let waiting = letPoolsScale(at: now)
        let status = MasterStatus(of: state)
        if status.title != shownTitle {
            shownTitle = status.title
            ProcessTitle.set(status.title)
        }
        notifier.status(status.line, at: now)
        if state.phase != .working {
            notifier.stillStopping(within: state.stopTimeLeft(at: now), at: now)
        }
        if state.isReady { notifier.ready(at: now) }
        let scaling = state.nextScaling(waiting: waiting, at: now)
        let due = [state.nextDue, scaling, ServiceNotifier.hasListener ? notifier.nextDue : nil]
        if let next = due.compactMap(\.self).min() {
            wakeUp?.arm(at: next)
        } else {
            wakeUp?.disarm()
        }
    }
}
