/// What a pool allows its workers; the part of the configuration that `WorkerState` decides by.
struct WorkerLimits: Equatable {
    /// Between two heartbeats of a busy worker.
    var heartbeat: Duration
    /// Between two heartbeats of an idle worker.
    var idleHeartbeat: Duration
    /// After a job's timeout, before its horse is killed from outside.
    var timeoutGrace: Duration
    /// How long a job runs before its stack is logged; nil for never.
    var slowlog: Duration?
    /// How long a warm stop waits for a job.
    var stopTimeout: Duration
    /// Between asking a horse to end and killing it.
    var killGrace: Duration
    /// Jobs after which the worker makes room for a successor.
    var maxJobs: Int?
    /// Time without a job after which the worker makes room for a successor.
    var maxIdleTime: Duration?
    /// The age at which the worker makes room for a successor.
    var maxAge: Duration?
    /// Somebody is to be told when a horse has died.
    var tellsOfDeaths = false
    /// The worker ends when its queues are empty.
    var isBurst: Bool
    /// How old a process is before `max_jobs` ends it, and not only its registration; nil for any
    /// age.
    var leastAge: Duration?

    /// A new process and its slot stable take longer than many a job: one in this time costs little.
    static let leastAgeOfService = Duration.seconds(1)
}

extension WorkerLimits {
    /// The limits of a worker: a little less than its pool's where all workers would end together.
    init(_ assignment: WorkerAssignment, settings pool: PoolConfiguration? = nil) {
        // In the foreground there is one worker, and nobody follows it.
        let jitter = assignment.endsIfNameTaken ? 0 : Double.random(in: 0..<0.1)
        self.init(pool ?? assignment.pool, isBurst: assignment.burst, jitter: jitter)
        if !assignment.endsIfNameTaken && !assignment.burst { leastAge = Self.leastAgeOfService }
    }

    /// The limits of a worker of this pool.
    ///
    /// - Parameters:
    ///   - pool: its settings.
    ///   - isBurst: whether the worker ends when there is no job.
    ///   - jitter: how much earlier than at most it makes room, 0 to 0.1 of the whole.
    init(_ pool: PoolConfiguration, isBurst: Bool, jitter: Double = 0) {
        self.init(
            heartbeat: pool.heartbeatInterval,
            idleHeartbeat: min(.seconds(60), pool.workerTTL / 2),
            timeoutGrace: pool.timeoutGrace, slowlog: pool.slowlog,
            stopTimeout: pool.stopTimeout, killGrace: pool.killGrace,
            maxJobs: pool.maxJobs.map { Int((Double($0) * (1 - jitter)).rounded(.up)) },
            maxIdleTime: pool.maxIdleTime,
            maxAge: pool.limits.maxAge.map { $0 * (1 - jitter) },
            tellsOfDeaths: pool.python.workHorseKilledHandler != nil, isBurst: isBurst)
    }
}
