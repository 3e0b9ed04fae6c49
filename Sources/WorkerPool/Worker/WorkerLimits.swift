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
    /// Somebody is to be told when a horse has died.
    var tellsOfDeaths = false
    /// The worker ends when its queues are empty.
    var isBurst: Bool
}

extension WorkerLimits {
    /// The limits of a worker of this pool.
    init(_ pool: PoolConfiguration, isBurst: Bool) {
        self.init(
            heartbeat: pool.heartbeatInterval,
            idleHeartbeat: min(.seconds(60), pool.workerTTL / 2),
            timeoutGrace: pool.timeoutGrace, slowlog: pool.slowlog,
            stopTimeout: pool.stopTimeout, killGrace: pool.killGrace, maxJobs: pool.maxJobs,
            maxIdleTime: pool.maxIdleTime,
            tellsOfDeaths: pool.python.workHorseKilledHandler != nil, isBurst: isBurst)
    }
}
