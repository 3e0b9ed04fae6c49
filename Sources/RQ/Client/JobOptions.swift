/// Everything that can be said about a job besides its call.
///
///     JobOptions(timeout: .after(.seconds(30)), retry: Retry(max: 3, intervals: [10, 60]))
///
/// Source: RQ 3.0.0, `rq/queue.py`, `Queue.enqueue_call` and `Queue.create_job`.
public struct JobOptions: Hashable, Sendable {
    /// The id; nil for a new random one.
    public var id: JobID?
    /// The call in words; nil for the call itself.
    public var description: String?
    /// How long it may run.
    public var timeout: JobTimeout
    /// How long it stays after success.
    public var resultTTL: ResultTTL
    /// How long it stays after failure.
    public var failureTTL: FailureTTL
    /// How long it may wait to be started, at least a second; nil for ever.
    public var ttl: Duration?
    /// The jobs it waits for.
    public var dependency: Dependency?
    /// To the front of its queue, now and when its time or its dependencies have come.
    public var isAtFront: Bool
    /// The application's own notes on it.
    public var meta: [String: PlainValue]
    /// How often it runs again after it raised.
    public var retry: Retry?
    /// How often it runs again after it succeeded; RQ 2 and later.
    public var repetition: Repetition?
    /// Called after success.
    public var onSuccess: JobCallback?
    /// Called after failure.
    public var onFailure: JobCallback?
    /// Called after a stop by command.
    public var onStopped: JobCallback?
    /// Refused while there is a job with this id.
    ///
    /// Needs an `id`; excludes `dependency` and `rateLimit`.
    public var isUnique: Bool
    /// The group it belongs to; RQ 2 and later.
    public var group: String?
    /// How many jobs of its kind may run at once; RQ 3.
    public var rateLimit: RateLimit?
    /// Requests that the worker sends when it has ended; RQ 2.12 and later.
    public var webhooks: [Webhook]

    /// Options; what is left out is as RQ has it.
    public init(
        id: JobID? = nil, description: String? = nil, timeout: JobTimeout = .standard,
        resultTTL: ResultTTL = .unset, failureTTL: FailureTTL = .unset, ttl: Duration? = nil,
        dependency: Dependency? = nil, isAtFront: Bool = false,
        meta: [String: PlainValue] = [:], retry: Retry? = nil, repetition: Repetition? = nil,
        onSuccess: JobCallback? = nil, onFailure: JobCallback? = nil,
        onStopped: JobCallback? = nil, isUnique: Bool = false, group: String? = nil,
        rateLimit: RateLimit? = nil, webhooks: [Webhook] = []
    ) {
        self.id = id
        self.description = description
        self.timeout = timeout
        self.resultTTL = resultTTL
        self.failureTTL = failureTTL
        self.ttl = ttl
        self.dependency = dependency
        self.isAtFront = isAtFront
        self.meta = meta
        self.retry = retry
        self.repetition = repetition
        self.onSuccess = onSuccess
        self.onFailure = onFailure
        self.onStopped = onStopped
        self.isUnique = isUnique
        self.group = group
        self.rateLimit = rateLimit
        self.webhooks = webhooks
    }

    /// Refuses what RQ refuses, and what RQ would silently ignore.
    ///
    /// - Parameter isScheduled: whether the job is to wait for a time.
    /// - Throws: `unusable`, which names the option.
    func check(isScheduled: Bool) throws(ClientError) {
        if let id, !id.isPlain {
            throw .unusable("id", "must be letters, digits, _ and -")
        }
        if let ttl, ttl < .seconds(1) { throw .unusable("ttl", "must be a second or more") }
        if let retry {
            try Self.check("retry", times: retry.max, intervals: retry.intervals)
        }
        if let repetition {
            try Self.check("repetition", times: repetition.times, intervals: repetition.intervals)
        }
        if let dependency {
            guard !dependency.jobs.isEmpty else {
                throw .unusable("dependency", "must name a job")
            }
            guard !isScheduled else {
                throw .unusable("dependency", "cannot be combined with a time")
            }
        }
        if isUnique {
            guard id != nil else { throw .unusable("isUnique", "needs an id") }
            guard dependency == nil, rateLimit == nil else {
                throw .unusable("isUnique", "excludes a dependency and a rate limit")
            }
        }
        if let rateLimit, rateLimit.key.isEmpty || rateLimit.concurrency < 1 {
            throw .unusable("rateLimit", "must have a key and let one job or more run")
        }
        if let group, group.isEmpty { throw .unusable("group", "must have a name") }
        for webhook in webhooks {
            guard webhook.url.hasPrefix("http://") || webhook.url.hasPrefix("https://"),
                webhook.timeoutSeconds > 0
            else { throw .unusable("webhooks", "must have http:// or https:// URLs, and time") }
        }
    }

    private static func check(
        _ name: String, times: Int, intervals: [Int]
    ) throws(ClientError) {
        guard times >= 1 else { throw .unusable(name, "must be for once or more") }
        guard !intervals.isEmpty, intervals.allSatisfy({ $0 >= 0 }) else {
            throw .unusable(name, "must have intervals of 0 seconds or more")
        }
    }
}
