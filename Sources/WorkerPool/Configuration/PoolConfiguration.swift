/// A named group of equal workers: same queues, same runtime, same limits.
public struct PoolConfiguration: Sendable, Equatable, Codable {
    /// What becomes of a job whose run was cut short, through no fault of its own.
    public enum Fate: String, Sendable, CaseIterable, Codable {
        /// It goes back to the front of its queue.
        case requeue
        /// It is recorded as failed.
        case fail
    }

    /// The pool's name: `[a-z0-9][a-z0-9_-]*`, at most 64 characters.
    public var name: String
    /// How many workers run at once, 0 to 4096.
    public var workers: Int
    /// How many there may be at most when jobs wait, `workers` or more; nil for always `workers`.
    public var maxWorkers: Int?
    /// How long a job waits before the pool grows.
    public var scaleUpAfter: Duration
    /// For how long there must have been too many workers before it shrinks.
    public var scaleDownAfter: Duration
    /// Whether it grows although the machine is short of processor, memory or disk.
    public var scaleUnderPressure: Bool
    /// The queues to take jobs from, the most urgent first; never empty, no duplicates.
    public var queues: [String]
    /// In which order each worker looks at them.
    public var dequeueStrategy: DequeueStrategy
    /// The interpreter that runs the jobs.
    public var python: PythonConfiguration
    /// Whose rights the jobs have.
    public var account = JobAccount()
    /// As whom the jobs connect to Redis; nil for as rqd does.
    public var jobRedis: JobRedis?
    /// The dotted path of an RQ worker class that the application's interpreter runs itself; nil
    /// means that rqd claims, runs and settles the jobs.
    public var workerClass: String?
    /// What the worker class is given in place of the queues: names that it makes queues of; empty
    /// means the queues themselves.
    public var workerClassQueues: [String] = []
    /// The template of the names under which workers register in Redis.
    ///
    /// `%h` is the host name, `%p` the pool, `%s` the slot, `%u` eight digits that no other start of a
    /// service has, `%%` a percent sign.
    public var workerName: String
    /// How long a finished job's result stays, in seconds; -1 for ever, 0 not at all.
    ///
    /// Used when the job itself does not say. Source: RQ 3.0.0, `rq worker --results-ttl`.
    public var resultTTL: Int
    /// How long Redis remembers a worker that it no longer hears from.
    ///
    /// Source: RQ 3.0.0, `rq worker --worker-ttl`.
    public var workerTTL: Duration
    /// How often a busy worker tells Redis that it is alive.
    ///
    /// Source: RQ 3.0.0, `rq worker --job-monitoring-interval`.
    public var heartbeatInterval: Duration
    /// How many jobs one horse runs before it is replaced; 1 is a fresh process for each job.
    public var jobsPerHorse: Int
    /// How the horses come about.
    public var isolation = Isolation.fork
    /// How many horses each worker has ready beside the one that runs its job, 1 to 64.
    ///
    /// Only where they are started; of those that are forked one is always ready.
    public var spares = 1
    /// After how many jobs a worker is replaced by a new one; nil means never.
    public var maxJobs: Int?
    /// How long a worker may find nothing to do before it is replaced by a new one; nil means
    /// for ever.
    ///
    /// Source: RQ 3.0.0, `rq worker --max-idle-time`.
    public var maxIdleTime: Duration?
    /// How long running jobs may go on after a warm stop was asked for.
    public var stopTimeout: Duration
    /// How long a horse may take between the soft signal and the kill.
    public var killGrace: Duration
    /// How long a job may outlive its own timeout before its process group is killed.
    public var timeoutGrace: Duration
    /// How long a job runs before the log tells where it is; nil means that it never does.
    public var slowlog: Duration?
    /// What becomes of a job whose worker died.
    public var onWorkerDeath: Fate
    /// What becomes of a job that a cold stop interrupted.
    public var onStop: Fate
    /// After how many worker deaths a job is failed instead of tried again; at least 1.
    public var quarantineAfter: Int
    /// How many lines of its jobs' output a worker logs in ten seconds; nil means all.
    public var outputLimit: Int?
    /// Whether processes that a job has started may go on after its end.
    public var keepsDescendants: Bool
    /// Whether the log names each job by its description (true) or by its id alone.
    public var jobDescriptions: Bool
    /// What its workers and jobs may use.
    public var limits: PoolLimits

    /// Makes a pool; without arguments, one worker on the queue `default`.
    public init(
        name: String = "default",
        workers: Int = 1,
        maxWorkers: Int? = nil,
        scaleUpAfter: Duration = .seconds(5),
        scaleDownAfter: Duration = .seconds(60),
        scaleUnderPressure: Bool = false,
        queues: [String] = ["default"],
        dequeueStrategy: DequeueStrategy = .default,
        python: PythonConfiguration = PythonConfiguration(),
        workerClass: String? = nil,
        workerName: String = "%h.%p.%s",
        resultTTL: Int = 500,
        workerTTL: Duration = .seconds(420),
        heartbeatInterval: Duration = .seconds(30),
        jobsPerHorse: Int = 1,
        maxJobs: Int? = nil,
        maxIdleTime: Duration? = nil,
        stopTimeout: Duration = .seconds(180),
        killGrace: Duration = .seconds(5),
        timeoutGrace: Duration = .seconds(60),
        slowlog: Duration? = nil,
        onWorkerDeath: Fate = .requeue,
        onStop: Fate = .requeue,
        quarantineAfter: Int = 3,
        outputLimit: Int? = 10_000,
        keepsDescendants: Bool = false,
        jobDescriptions: Bool = true,
        limits: PoolLimits = PoolLimits()
    ) {
        self.name = name
        self.workers = workers
        self.maxWorkers = maxWorkers
        self.scaleUpAfter = scaleUpAfter
        self.scaleDownAfter = scaleDownAfter
        self.scaleUnderPressure = scaleUnderPressure
        self.queues = queues
        self.dequeueStrategy = dequeueStrategy
        self.python = python
        self.workerClass = workerClass
        self.workerName = workerName
        self.resultTTL = resultTTL
        self.workerTTL = workerTTL
        self.heartbeatInterval = heartbeatInterval
        self.jobsPerHorse = jobsPerHorse
        self.maxJobs = maxJobs
        self.maxIdleTime = maxIdleTime
        self.stopTimeout = stopTimeout
        self.killGrace = killGrace
        self.timeoutGrace = timeoutGrace
        self.slowlog = slowlog
        self.onWorkerDeath = onWorkerDeath
        self.onStop = onStop
        self.quarantineAfter = quarantineAfter
        self.outputLimit = outputLimit
        self.keepsDescendants = keepsDescendants
        self.jobDescriptions = jobDescriptions
        self.limits = limits
    }

    /// The class that an interpreter runs itself; nil where the class named is the one that rqd
    /// stands in for.
    public var hostedClass: String? {
        let own = ["rq.Worker", "rq.worker.Worker", "rq.worker.worker_classes.Worker"]
        return workerClass.flatMap { own.contains($0) ? nil : $0 }
    }

    /// Whether its interpreter loads the same, with the same rights, as that of another pool.
    ///
    /// - Parameter other: the other pool.
    /// - Returns: true for pools that may share it.
    public func loads(like other: PoolConfiguration) -> Bool {
        python == other.python && account == other.account && jobRedis == other.jobRedis
            && hostedClass == other.hostedClass && isolation == other.isolation
    }

    /// Whether a trial of another pool shows the same: what is imported, and what is made of it.
    ///
    /// - Parameter other: the other pool.
    /// - Returns: true where one trial does for both.
    public func isTried(like other: PoolConfiguration) -> Bool {
        loads(like: other) && workerClassQueues == other.workerClassQueues
    }

    /// The name under which the worker of one slot registers in Redis.
    ///
    /// - Parameters:
    ///   - host: this machine's name, for `%h`.
    ///   - slot: the place in the pool, from 0, for `%s`.
    ///   - unique: for `%u`.
    /// - Returns: `workerName` with its placeholders filled in.
    public func workerName(host: String, slot: Int, unique: String = "00000000") -> String {
        var name = ""
        var isPlaceholder = false
        for character in workerName {
            guard isPlaceholder else {
                if character == "%" { isPlaceholder = true } else { name.append(character) }
                continue
            }
            isPlaceholder = false
            switch character {
            case "h": name += host
            case "p": name += self.name
            case "s": name += String(slot)
            case "u": name += unique
            default: name.append(character)
            }
        }
        return name
    }
}
