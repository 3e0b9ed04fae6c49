import Glibc

/// What `rqd status` tells: the master, its pools, and every slot.
///
/// The names of the JSON fields are an interface: fields may be added, none is renamed.
public struct StatusReport: Codable, Equatable, Sendable {
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
    }

    /// One place in a pool and the worker in it.
    public struct Slot: Codable, Equatable, Sendable {
        /// The name of the pool.
        public var pool: String
        /// The place in the pool, from 0.
        public var slot: Int
        /// What the worker is doing, for example `idle`, `busy` or `failing`.
        public var state: String
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
            case pool, slot, state, pid, worker, generation, job
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
        case version, pid
        case startedAt = "started_at"
        case uptimeSeconds = "uptime_seconds"
        case restarts
        case jobsSucceeded = "jobs_succeeded"
        case jobsFailed = "jobs_failed"
        case schedulerPid = "scheduler_pid"
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
    }

    /// Reads the scoreboard.
    ///
    /// - Parameters:
    ///   - configuration: the pools; their slots lie one after the other on the scoreboard.
    ///   - scoreboard: what the workers wrote.
    ///   - facts: what only the master knows.
    ///   - now: the present moment.
    ///
    /// *Master process.*
    init(
        _ configuration: Configuration, _ scoreboard: Scoreboard, _ facts: MasterFacts,
        now: MonotonicTime
    ) {
        version = Version.current
        pid = facts.pid
        startedAt = facts.startedAt
        uptimeSeconds = max(now - facts.started, .zero).components.seconds
        restarts = facts.restarts
        schedulerPid = facts.schedulerPid
        pools = configuration.pools.map {
            Pool(name: $0.name, queues: $0.queues, workers: $0.workers)
        }
        slots = []
        for pool in configuration.pools {
            for place in 0..<pool.workers where slots.count < scoreboard.slots {
                let record = scoreboard[slots.count]
                slots.append(Slot(record, pool: pool.name, slot: place, now: now))
            }
        }
        jobsSucceeded = slots.reduce(0) { $0 + $1.jobsSucceeded }
        jobsFailed = slots.reduce(0) { $0 + $1.jobsFailed }
    }
}

extension StatusReport.Slot {
    /// Reads one record of the scoreboard.
    init(_ record: SlotRecord, pool: String, slot: Int, now: MonotonicTime) {
        let id = record.jobID
        self.init(
            pool: pool, slot: slot, state: record.state.word, pid: record.pid,
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
