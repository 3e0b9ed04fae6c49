import Glibc

/// What `rqd status` tells: the master, its pools, and every slot.
///
/// The names of the JSON fields are an interface: fields may be added, none is renamed.
public struct StatusReport: Codable, Equatable, Sendable {
    /// How things stand in one line: what the service manager is told as well; nil from a daemon
    /// that does not tell.
    public var status: String?
    /// The version of the running daemon, for example `0.1.0`.
    public var version: String
    /// The master's process id.
    public var pid: Int32
    /// When the master started, in whole seconds since 1970 (UTC).
    public var startedAt: Int64
    /// How long the master has been running, in whole seconds of the monotonic clock.
    public var uptimeSeconds: Int64
    /// How many workers were replaced since the start.
    public var restarts: Int
    /// Jobs that returned since the start, all slots together.
    public var jobsSucceeded: UInt64
    /// Jobs that failed since the start, all slots together.
    public var jobsFailed: UInt64
    /// The scheduler's process id; 0 while it is restarted, nil where there is none.
    public var schedulerPid: Int32?
    /// What it is: `running`, `restarting`, `failing` or `ended`; nil where there is none.
    public var schedulerState: String?
    /// How many queues it looks after; nil where there is no scheduler.
    public var schedulerQueues: Int?
    /// For how many of them it moves jobs: of the others another scheduler does; nil while it
    /// cannot.
    public var schedulerLeads: Int?
    /// The least important level that is logged.
    public var logLevel: String
    /// The Redis server, without its password.
    public var redis: String
    /// Whether it answers the workers, as far as they have noticed.
    public var redisAnswers: Bool?
    /// Why the last reload was refused; nil when it was not.
    public var reloadError: String?
    /// What is under way: `reload`, `restart` or `upgrade`; nil for nothing.
    public var change: String?
    /// What the last one of these has changed, in words; nil before the first.
    public var lastChange: String?
    /// Whether workers of it had not come up after a minute; nil when they had.
    public var isLastChangeLate: Bool?
    /// The pools in the order of the configuration.
    public var pools: [Pool]
    /// Every slot, pool by pool, from 0.
    public var slots: [Slot]

    /// A group of equal workers.
    public struct Pool: Codable, Equatable, Sendable {
        /// The pool's name.
        public var name: String
        /// The queues that it serves, the most urgent first.
        public var queues: [String]
        /// How many workers it is to have.
        public var workers: Int
        /// How many the configuration gives it.
        public var configuredWorkers: Int
        /// Whether it takes no jobs until `rqd resume`.
        public var paused: Bool
        /// What keeps those of its limits that need a control group, by key: `cgroup`, `sampling`
        /// or `none`.
        public var limits: [String: LimitMeans]?

        private enum CodingKeys: String, CodingKey {
            case name, queues, workers
            case configuredWorkers = "configured_workers"
            case paused, limits
        }
    }

    /// One place in a pool and the worker in it.
    public struct Slot: Codable, Equatable, Sendable {
        /// The name of the pool.
        public var pool: String
        /// The place in the pool, from 0.
        public var slot: Int
        /// What the worker is doing, for example `idle`, `busy` or `failing`.
        public var state: String
        /// How long it has been doing that, in whole seconds.
        public var stateSeconds: Int64
        /// Whether it ends after its job, and nobody follows.
        public var retiring: Bool
        /// The worker's process id; 0 when there is none.
        public var pid: Int32
        /// The worker's name in Redis; empty before it has one.
        public var worker: String
        /// Which worker this is in its slot, counted from 1.
        public var generation: Int
        /// The job that is running, if one is.
        public var job: Job?
        /// Jobs of this slot that returned since the start.
        public var jobsSucceeded: UInt64
        /// Jobs of this slot that failed since the start.
        public var jobsFailed: UInt64
        /// The most memory that a job of this slot has held, in bytes; 0 when that is not known.
        public var peakMemoryBytes: UInt64
        /// The last error worth showing; empty when there is none.
        public var complaint: String

        private enum CodingKeys: String, CodingKey {
            case pool, slot, state
            case stateSeconds = "state_seconds"
            case retiring, pid, worker, generation, job
            case jobsSucceeded = "jobs_succeeded"
            case jobsFailed = "jobs_failed"
            case peakMemoryBytes = "peak_memory_bytes"
            case complaint
        }
    }

    /// A job that is running.
    public struct Job: Codable, Equatable, Sendable {
        /// Its id; a long one is cut.
        public var id: String
        /// The id of this execution.
        public var execution: String
        /// The name of the queue that it came from.
        public var queue: String
        /// The function's dotted name; a long one is cut, empty when it is not known.
        public var function: String
        /// How long it has been running, in milliseconds.
        public var runningMilliseconds: Int64

        private enum CodingKeys: String, CodingKey {
            case id, execution, queue, function
            case runningMilliseconds = "running_milliseconds"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case status, version, pid
        case startedAt = "started_at"
        case uptimeSeconds = "uptime_seconds"
        case restarts
        case jobsSucceeded = "jobs_succeeded"
        case jobsFailed = "jobs_failed"
        case schedulerPid = "scheduler_pid"
        case schedulerState = "scheduler_state"
        case schedulerQueues = "scheduler_queues"
        case schedulerLeads = "scheduler_leads"
        case logLevel = "log_level"
        case redis
        case redisAnswers = "redis_answers"
        case reloadError = "reload_error"
        case change
        case lastChange = "last_change"
        case isLastChangeLate = "last_change_late"
        case pools, slots
    }
}

extension StatusReport {
    /// What only the master knows.
    struct MasterFacts {
        /// The master's process id.
        var pid: Int32
        /// When the master started, in whole seconds since 1970.
        var startedAt: Int64
        /// The same moment on the monotonic clock.
        var started: MonotonicTime
        /// How many workers were replaced.
        var restarts: Int
        /// The scheduler's process id, as in the report.
        var schedulerPid: Int32?
        /// What it is, as in the report.
        var schedulerState: String?
        /// How things stand, as in the report.
        var status: String?
        /// How many queues it looks after.
        var schedulerQueues: Int?
        /// What slots that are no more have done.
        var past = MasterPast()
        /// What is logged, as in the report.
        var logLevel = ""
        /// The Redis server, as in the report.
        var redis = ""
        /// The controllers of the slots' control groups.
        var controllers: Set<String> = []
        /// Why the last reload was refused.
        var reloadError: String?
        /// What is under way, as in the report.
        var change: String?
        /// What the last change was, as in the report.
        var lastChange: String?
        /// Whether it was late.
        var isLastChangeLate = false
    }

    /// Reads the scoreboard.
    ///
    /// - Parameters:
    ///   - roster: the pools' settings.
    ///   - pools: the pools, by number.
    ///   - slots: the slots, by place on the scoreboard.
    ///   - scoreboard: what the workers wrote.
    ///   - facts: what only the master knows.
    ///   - now: the present moment.
    ///
    /// *Master process.*
    init(
        _ roster: Roster, _ pools: [MasterPool], _ slots: [MasterSlot], _ scoreboard: Scoreboard,
        _ facts: MasterFacts, now: MonotonicTime
    ) {
        version = Version.current
        pid = facts.pid
        startedAt = facts.startedAt
        uptimeSeconds = max(now - facts.started, .zero).components.seconds
        restarts = facts.restarts
        schedulerPid = facts.schedulerPid
        schedulerState = facts.schedulerState
        status = facts.status
        schedulerQueues = facts.schedulerQueues
        schedulerLeads = facts.schedulerQueues.flatMap { _ in scoreboard.queuesLed }
        logLevel = facts.logLevel
        redis = facts.redis
        redisAnswers = !scoreboard.isRedisInTrouble
        reloadError = facts.reloadError
        change = facts.change
        lastChange = facts.lastChange
        isLastChangeLate = facts.isLastChangeLate ? true : nil
        self.pools = []
        self.slots = []
        // A pool that is gone is shown for as long as its last workers have jobs.
        let leaving = roster.pools.indices.filter { number in
            !roster.order.contains(number)
                && slots.contains { $0.pool == number && !$0.isVacant }
        }
        for number in roster.order + leaving {
            let settings = roster.pools[number]
            self.pools.append(
                Pool(
                    name: settings.name, queues: settings.queues, workers: pools[number].wanted,
                    configuredWorkers: settings.workers, paused: pools[number].isPaused,
                    limits: PoolMeans(settings, controllers: facts.controllers).all))
            let ours = slots.filter { $0.pool == number && !$0.isVacant }
            self.slots += ours.sorted { $0.number < $1.number }.map {
                Slot(scoreboard[$0.index], $0, pool: settings.name, now: now)
            }
        }
        jobsSucceeded = self.slots.reduce(facts.past.succeeded) { $0 + $1.jobsSucceeded }
        jobsFailed = self.slots.reduce(facts.past.failed) { $0 + $1.jobsFailed }
    }
}

extension StatusReport.Slot {
    /// Reads one record of the scoreboard.
    init(_ record: SlotRecord, _ slot: MasterSlot, pool: String, now: MonotonicTime) {
        let id = record.jobID
        let span = record.since.map { max(now - $0, .zero) } ?? .zero
        self.init(
            pool: pool, slot: slot.number, state: record.state.word,
            stateSeconds: span.components.seconds, retiring: slot.isRetiring, pid: record.pid,
            worker: record.workerName, generation: record.generation, job: nil,
            jobsSucceeded: record.succeeded, jobsFailed: record.failed,
            peakMemoryBytes: record.peakMemoryBytes, complaint: record.complaint)
        guard let started = record.jobStarted, !id.isEmpty else { return }
        let running = max(now - started, .zero).components
        job = StatusReport.Job(
            id: id, execution: record.executionID, queue: record.queue,
            function: record.function,
            runningMilliseconds: running.seconds * 1000
                + running.attoseconds / 1_000_000_000_000_000)
    }
}
