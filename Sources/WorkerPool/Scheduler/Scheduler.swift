import Glibc
import Logging
import RQ
import RedisKit

/// The scheduler: moves jobs to their queues when their time has come, and keeps order.
///
/// *Scheduler process.* The loop waits, asks `SchedulerState` and `MaintenancePlan`, and obeys. Due
/// jobs go first: maintenance is done in between, one task at a time (`Caretaking`).
final class Scheduler {
    let assignment: SchedulerAssignment
    /// Where the master sees how long jobs wait.
    let scoreboard: Scoreboard
    var backlog: BacklogWatch
    private(set) var identity: SchedulerIdentity
    let log = Logger(label: "rqd.scheduler")
    var plan: MaintenancePlan
    var memory = CaretakerMemory()
    /// How Redis' clock differs from this host's.
    private var serverClock = ServerClock()
    /// The last scheduler whose death became known: its locks of maintenance are void.
    var deadPeer: String?
    private(set) var link: SchedulerLink?

    private let loop: EventLoop
    private var state: SchedulerState
    private(set) var card: SchedulerCard
    var cron: CronBook
    var cronLeadAt: MonotonicTime?
    private var cronDue: MonotonicTime?
    private var queueOfKey: [[UInt8]: QueueName] = [:]
    private var backlogOfKey: [[UInt8]: QueueName] = [:]
    private var backlogDue: MonotonicTime?
    private var timer: TimerSource?
    private var reconnectTimer: TimerSource?
    private var reconnect = Reconnection()
    /// The last refusal that was logged, and when.
    private var refusedReason = ""
    private var refusedAt: MonotonicTime?
    private var scriptWarnings = ScriptWarnings()

    /// Makes a scheduler; `run` starts it.
    init(_ assignment: SchedulerAssignment, _ scoreboard: Scoreboard, keys: Keys) throws {
        self.assignment = assignment
        self.scoreboard = scoreboard
        scoreboard.queuesLed = nil
        backlog = BacklogWatch(assignment.watched)
        identity = SchedulerIdentity(keys: keys, pid: getpid())
        loop = try EventLoop()
        let settings = assignment.settings
        state = SchedulerState(queues: settings.enabled ? assignment.queues : [])
        plan = MaintenancePlan(
            queues: assignment.queues, interval: settings.maintenanceInterval,
            lookInterval: assignment.vanishing.lookInterval, isOnce: assignment.runsOnce)
        cron = CronBook(assignment.runsOnce ? [] : assignment.cron)
        card = SchedulerCard(
            pid: getpid(), hostname: HostIdentity.hostname, createdAt: .now(),
            host: HostIdentity.host, process: HostIdentity.process)
        card.queues = assignment.queues
        for queue in assignment.watched.flatMap(\.queues) {
            backlogOfKey[keys.queue(queue)] = queue
        }
        for queue in assignment.queues {
            queueOfKey[keys.scheduled(queue)] = queue
            queueOfKey[keys.schedulerLock(queue)] = queue
        }
        link = SchedulerLink(loop: loop, redis: assignment.redis) { [weak self] in self?.heard($0) }
        timer = try loop.onTimer { [weak self] in self?.turn() }
        reconnectTimer = try loop.onTimer { [weak self] in self?.connect() }
        for number in [SIGTERM, SIGQUIT, SIGINT] {
            try loop.onSignal(number) { [weak self] in self?.leave() }
        }
    }

    /// Works until it is told to end.
    ///
    /// - Returns: the exit status.
    func run() throws(SystemCallError) -> Int32 {
        reconnectTimer?.arm(after: .zero)
        return try loop.run()
    }

    // The link.

    private func connect() {
        guard let link else { return }
        do {
            try link.open()
        } catch {
            return lost("\(error)")
        }
        // Its locks are to bear a name that is its own.
        showItself()
        guard link.isUp else { return }
        state.linkUp(isTold: link.isTold, at: .now())
        plan.linkUp(at: .now())
        backlog.linkUp(isTold: link.isTold, at: .now())
        turn()
        // That a connection comes about is not enough: a server may refuse all that is asked on it.
        if link.isUp, reconnect.succeeded() { log.debug("Redis answers again") }
    }

    private func heard(_ event: SchedulerLink.Event) {
        switch event {
        case .changed(let key):
            guard let key else {
                state.woken(nil, at: .now())
                backlog.changed(nil, at: .now())
                backlogDue = backlog.nextDue
                break
            }
            if let queue = backlogOfKey[key] {
                backlog.changed(queue, at: .now())
                backlogDue = backlog.nextDue
                break
            }
            guard let queue = queueOfKey[key] else { return }
            state.woken(queue, at: .now())
        case .clock(let server, let asked): return sawClock(server, asked: asked)
        case .leftOut(let warnings):
            for reason in scriptWarnings.new(warnings) {
                log.warning("key of another type left out", metadata: ["reason": "\(reason)"])
            }
            return
        case .down(let reason): return lost(reason)
        }
        rest()
    }

    /// Redis is away; the workers say so to the operator.
    private func lost(_ reason: String) {
        // Without Redis there is nothing to be done first: the workers say what is wrong.
        if assignment.runsOnce { return loop.stop(0) }
        link?.close()
        state.linkDown()
        scoreboard.queuesLed = nil
        plan.linkDown()
        leaveCron()
        leaveBacklog()
        let pause = reconnect.failed(jitter: .random(in: 0.5...1))
        if reconnect.isWorthSaying {
            log.debug("Redis does not answer", metadata: ["reason": "\(reason)"])
        }
        timer?.disarm()
        reconnectTimer?.arm(after: pause)
    }

    /// Asks, and takes the link down if it is of no use any more.
    ///
    /// - Returns: nil if there was no answer, or a refusal.
    func ask<R>(_ body: (SchedulerLink) throws -> R) -> R? {
        guard let link, link.isUp else { return nil }
        do {
            return try body(link)
        } catch RedisError.server(let error) where error.refusal != .elsewhere {
            tell(error)
        } catch let error as WireError {
            log.warning("reply not understood", metadata: ["reason": "\(error)"])
        } catch {
            lost("\(error)")
        }
        return nil
    }

    /// Says that a step was refused; of a refusal that stays, once a minute.
    private func tell(_ refusal: ServerError) {
        let trouble = RedisTrouble.refused(assignment.redis.explaining(refusal))
        let reason = trouble.reason
        let isLate = refusedAt.map { $0 + .seconds(60) <= .now() } ?? true
        let isNews = reason != refusedReason || isLate
        guard isNews else { return }
        (refusedReason, refusedAt) = (reason, .now())
        log.warning("Redis refused a step of the scheduler", metadata: ["reason": "\(reason)"])
    }

    // The clock.

    /// What the server's clock says now: what is due is due by that.
    var serverTime: Timestamp { serverClock.time(at: .now()) }

    private func sawClock(_ server: Timestamp, asked: Timestamp) {
        switch serverClock.saw(server, asked: asked, answered: .now()) {
        case .differs(let offset)? where scoreboard.mayTellClocks(differ: true):
            log.warning(
                "clocks of Redis and this host differ",
                metadata: ["difference": "\(ClockWords.difference(offset))"])
        case .agrees? where scoreboard.mayTellClocks(differ: false):
            log.info("clocks of Redis and this host agree again")
        case .differs?, .agrees?, nil: break
        }
    }

    // The work.

    /// Does what is due, and one task of maintenance; then waits for the next moment.
    private func turn() {
        // A backlog must not keep the loop from hearing a signal.
        for _ in 0..<(assignment.queues.count + 8) {
            guard let step = state.next(at: .now()) else { break }
            perform(step)
        }
        cronDue = turnCron()
        backlogDue = turnBacklog()
        if assignment.settings.maintenance, link?.isUp == true,
            let task = plan.next(at: .now())
        {
            perform(task)
        }
        guard link?.isUp == true else { return }
        if assignment.runsOnce, isThrough(at: .now()) { return leave() }
        rest()
    }

    /// Waits for the next moment at which something is due.
    private func rest() {
        var due = [state.nextDue, cronDue, backlogDue]
        if assignment.settings.maintenance { due.append(plan.nextDue(at: .now())) }
        if let next = due.compactMap(\.self).min() {
            timer?.arm(at: next)
        } else {
            timer?.disarm()
        }
    }

    private func isThrough(at now: MonotonicTime) -> Bool {
        state.isThrough(at: now) && (!assignment.settings.maintenance || plan.isThrough(at: now))
    }

    private func perform(_ step: SchedulerState.Step) {
        switch step {
        case .beat:
            showItself()
            state.beaten(at: .now())
        case .pass(let queue, let dead): pass(over: queue, replacing: dead)
        }
    }

    /// Renews its hash, and takes the name that it is given there.
    private func showItself() {
        let asked = Timestamp.now()
        let request = identity.beat(card, at: asked)
        let reply = ask { link in
            try link.call(request) { view in Result { try BeatReply.read(view) } }.get()
        }
        guard let reply else { return }
        identity = SchedulerIdentity(keys: identity.keys, name: reply.name)
        sawClock(reply.serverTime, asked: asked)
    }

    private func pass(over queue: QueueName, replacing dead: String?) {
        defer { scoreboard.queuesLed = link?.isUp == true ? state.served.count : nil }
        let request = identity.pass(over: queue, at: .now(), replacing: dead)
        let reply = ask { link in
            try link.call(request) { view in Result { try PassReply.read(view) } }.get()
        }
        guard link?.isUp == true else { return }
        guard let reply else { return state.passed(queue, .refused, at: .now()) }
        switch reply {
        case .mine(let pass):
            note(pass, queue, replacing: dead)
            // A rate limit may have more jobs than one step looks at.
            if !pass.moved.isEmpty { plan.follow(with: [.resume]) }
            state.passed(queue, .mine(moved: pass.moved.count, nextAfter: pass.wait), at: .now())
        case .held(let holder, let process, let expiry):
            let isDead = HostIdentity.isDead(holder: process)
            if isDead { deadPeer = holder }
            // A neighbour's death is seen here sooner than its lock expires.
            let isNeighbour = HostIdentity.isAlive(holder: process)
            let wait = isNeighbour ? Self.neighbourInterval : expiry
            state.passed(queue, .held(by: holder, isDead: isDead, expiry: wait), at: .now())
        }
    }

    /// How often the lock of another rqd of this host is looked at.
    private static let neighbourInterval = Duration.seconds(2)

    private func note(_ pass: SchedulerPass, _ queue: QueueName, replacing dead: String?) {
        if pass.isNew {
            var fields: Logger.Metadata = ["RQ_QUEUE": "\(queue)"]
            if let dead { fields["after"] = "\(dead)" }
            log.info("queue is scheduled here", metadata: fields)
        }
        guard !pass.moved.isEmpty || pass.dropped > 0 else { return }
        log.debug(
            "due jobs queued",
            metadata: [
                "RQ_QUEUE": "\(queue)", "jobs": "\(pass.moved.count)", "dropped": "\(pass.dropped)",
            ])
    }

    /// Releases what it holds, and ends.
    private func leave() {
        if link?.isUp == true {
            do {
                if cron.isLeading {
                    try link?.call(identity.hideCron(card, at: .now())) { _ in }
                }
                try link?.call(identity.release(assignment.queues, at: .now())) { _ in }
            } catch {
                // The locks expire within a minute.
                log.debug("locks not released", metadata: ["reason": "\(error)"])
            }
        }
        link?.close()
        scoreboard.queuesLed = nil
        loop.stop(0)
    }
}
