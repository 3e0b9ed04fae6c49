/// The Python interpreter that runs a pool's jobs, and what it is given.
///
/// Pools whose values are equal share one preloaded interpreter, which is why
/// this is hashable. In a pool it is already merged: `[python]`, then
/// `[pool.NAME.python]`.
public struct PythonConfiguration: Sendable, Hashable, Codable {
    /// The interpreter: an absolute path, or a bare name that `PATH` did not know.
    public var interpreter: String
    /// The working directory of the jobs, an absolute path; nil means the daemon's own.
    public var directory: String?
    /// Directories added to `sys.path`; relative ones count from `directory`.
    public var path: [String]
    /// Modules imported once, before any job is forked.
    public var preload: [String]
    /// An RQ settings module, imported first; nil for none.
    ///
    /// Its `DICT_CONFIG` sets up the jobs' logging.
    public var settings: String?
    /// Variables set for the interpreter on top of the daemon's environment.
    public var environment: [String: String]
    /// How jobs and results are encoded: `json`, `pickle` or a dotted path; nil means RQ's default.
    public var serializer: String?
    /// The dotted path of the job class; nil means `rq.job.Job`.
    public var jobClass: String?
    /// The dotted path of the queue class; nil means `rq.Queue`.
    public var queueClass: String?
    /// The dotted path of the connection class; nil means `redis.Redis`.
    public var connectionClass: String?
    /// The dotted path of the death penalty class; nil means RQ's own for the platform.
    public var deathPenaltyClass: String?
    /// Dotted paths of exception handlers, asked in this order.
    public var exceptionHandlers: [String]
    /// Whether a job that has failed is only marked so: in no registry, without a result.
    ///
    /// Source: RQ 3.0.0, `rq worker --disable-default-exception-handler`.
    public var disableDefaultExceptionHandler: Bool
    /// The dotted path of what is called when a job's process died; nil means nothing.
    ///
    /// Source: RQ 3.0.0, `BaseWorker(work_horse_killed_handler=…)`.
    public var workHorseKilledHandler: String?
    /// Where failures are reported, a secret; nil means nowhere.
    ///
    /// Source: RQ 1.16.2, `rq worker --sentry-dsn`.
    public var sentryDSN: String?
    /// A file of certificates that Sentry's server is checked against; nil means the usual ones.
    public var sentryCACerts: String?
    /// Whether the Sentry SDK tells what it does.
    public var sentryDebug: Bool
    /// How long a job's process waits, when it has answered, for threads that are about to send.
    public var flushTimeout: Duration
    /// The dotted path of what is called once for each start, before the first job; nil means nothing.
    public var onStart: String?
    /// How long that may take.
    public var onStartTimeout: Duration
    /// What becomes of an application that is not safe to fork.
    public var onUnsafeFork: UnsafeForkPolicy
    /// Whether what has been loaded is put into huge pages before the first fork.
    public var hugePages: Bool

    /// Makes a Python configuration; without arguments, `python3` and nothing preloaded.
    public init(
        interpreter: String = "python3",
        directory: String? = nil,
        path: [String] = [],
        preload: [String] = [],
        settings: String? = nil,
        environment: [String: String] = [:],
        serializer: String? = nil,
        jobClass: String? = nil,
        queueClass: String? = nil,
        connectionClass: String? = nil,
        deathPenaltyClass: String? = nil,
        exceptionHandlers: [String] = [],
        disableDefaultExceptionHandler: Bool = false,
        workHorseKilledHandler: String? = nil,
        sentryDSN: String? = nil,
        sentryCACerts: String? = nil,
        sentryDebug: Bool = false,
        flushTimeout: Duration = .seconds(2),
        onStart: String? = nil,
        onStartTimeout: Duration = .seconds(60),
        onUnsafeFork: UnsafeForkPolicy = .warn,
        hugePages: Bool = true
    ) {
        self.interpreter = interpreter
        self.directory = directory
        self.path = path
        self.preload = preload
        self.settings = settings
        self.environment = environment
        self.serializer = serializer
        self.jobClass = jobClass
        self.queueClass = queueClass
        self.connectionClass = connectionClass
        self.deathPenaltyClass = deathPenaltyClass
        self.exceptionHandlers = exceptionHandlers
        self.disableDefaultExceptionHandler = disableDefaultExceptionHandler
        self.workHorseKilledHandler = workHorseKilledHandler
        self.sentryDSN = sentryDSN
        self.sentryCACerts = sentryCACerts
        self.sentryDebug = sentryDebug
        self.flushTimeout = flushTimeout
        self.onStart = onStart
        self.onStartTimeout = onStartTimeout
        self.onUnsafeFork = onUnsafeFork
        self.hugePages = hugePages
    }
}
