import FoundationEssentials
import Logging

/// What `hosted.py` is told, as JSON; its names are those of Python.
struct HostedSettings: Encodable {
    let place: String
    let name: String
    let worker_class: String
    let redis: PythonRedis
    let queues: [String]
    let worker_class_queues: [String]
    let path: [String]
    let preload: [String]
    let settings: String?
    let serializer: String?
    let job_class: String?
    let queue_class: String?
    let connection_class: String?
    let death_penalty_class: String?
    let exception_handlers: [String]
    let disable_default_exception_handler: Bool
    let work_horse_killed_handler: String?
    let sentry_dsn: String?
    let sentry_ca_certs: String?
    let sentry_debug: Bool
    let result_ttl: Int
    let worker_ttl: Int64
    let maintenance_interval: Int64
    let job_monitoring_interval: Int64
    let max_jobs: Int?
    let max_idle_time: Int64?
    let dequeue_strategy: String
    let burst: Bool
    let log_job_description: Bool
    let log_level: String
    let line_format: String
    let date_format: String
    /// Whether each line of RQ's log says how bad it is.
    let marks_lines: Bool
    /// What begins the lines that say where a job begins and ends.
    let mark: String
    /// The signals at which a thread writes its stack: with care, and at once.
    let stack_signals: [Int32]
    /// How long a stop waits for the job, in seconds.
    let stop_timeout: Int64

    /// The settings of one slot.
    ///
    /// - Parameters:
    ///   - assignment: the slot's.
    ///   - workerClass: its dotted name.
    ///   - level: the least level that is logged.
    ///   - mark: what begins the lines that say where a job begins and ends; nil where nobody
    ///     reads lines.
    /// - Throws: which secret cannot be read.
    init(
        _ assignment: WorkerAssignment, workerClass: String, level: Logger.Level, mark: String?
    ) throws(RedisSettingError) {
        try self.init(
            assignment.pool, slot: assignment.slot, name: assignment.name, assignment.redis,
            maintenanceInterval: assignment.maintenanceInterval, isBurst: assignment.burst,
            assignment.log, workerClass: workerClass, level: level, mark: mark)
    }

    /// The settings of a trial: what the first worker of a pool is made with, and that does not work.
    ///
    /// - Parameters:
    ///   - pool: which has a worker class.
    ///   - workerClass: its dotted name.
    ///   - configuration: it stands in.
    /// - Throws: which secret cannot be read.
    init(
        trying pool: PoolConfiguration, workerClass: String, in configuration: Configuration
    ) throws(RedisSettingError) {
        try self.init(
            pool, slot: 0, name: "rqd-check-\(pool.name)", configuration.redis,
            maintenanceInterval: configuration.scheduler.maintenanceInterval, isBurst: false,
            configuration.log, workerClass: workerClass, level: .warning, mark: nil)
    }

    private init(
        _ pool: PoolConfiguration, slot: Int, name: String, _ server: RedisConfiguration,
        maintenanceInterval: Duration, isBurst: Bool, _ log: LogConfiguration,
        workerClass: String, level: Logger.Level, mark: String?
    ) throws(RedisSettingError) {
        let python = pool.python
        place = "\(pool.name)/\(slot)"
        self.name = name
        worker_class = workerClass
        redis = try PythonRedis(server.forJobs(of: pool))
        queues = pool.queues
        worker_class_queues = pool.workerClassQueues
        path = python.path
        preload = python.preload
        settings = python.settings
        serializer = python.serializer
        job_class = python.jobClass
        queue_class = python.queueClass
        connection_class = python.connectionClass
        death_penalty_class = python.deathPenaltyClass
        exception_handlers = python.exceptionHandlers
        disable_default_exception_handler = python.disableDefaultExceptionHandler
        work_horse_killed_handler = python.workHorseKilledHandler
        sentry_dsn = python.sentryDSN
        sentry_ca_certs = python.sentryCACerts
        sentry_debug = python.sentryDebug
        result_ttl = pool.resultTTL
        worker_ttl = pool.workerTTL.components.seconds
        maintenance_interval = maintenanceInterval.components.seconds
        job_monitoring_interval = pool.heartbeatInterval.components.seconds
        max_jobs = pool.maxJobs
        max_idle_time = pool.maxIdleTime?.components.seconds
        dequeue_strategy = pool.dequeueStrategy.rawValue
        burst = isBurst
        log_job_description = pool.jobDescriptions
        log_level = Self.name(of: level)
        line_format = log.lineFormat
        date_format = log.dateFormat
        marks_lines = mark != nil
        self.mark = mark ?? ""
        stack_signals = [StackSurvey.soft, StackSurvey.firm]
        stop_timeout = pool.stopTimeout.components.seconds
    }

    /// As bytes, for the interpreter.
    func encoded() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }

    /// Python has no word for some levels.
    private static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "DEBUG"
        case .info: "INFO"
        case .notice, .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }
}
