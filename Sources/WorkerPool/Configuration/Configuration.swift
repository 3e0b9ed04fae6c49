/// Everything an operator can decide, merged from all sources and checked.
///
/// Values only: no file was opened and no name was looked up to make one.
/// `ConfigurationLoader` builds it; tests and `rqd worker` may build it by hand.
public struct Configuration: Sendable, Equatable {
    /// Where Redis is and how its keys begin.
    public var redis: RedisConfiguration
    /// The groups of equal workers, in the order in which they are started; never empty.
    public var pools: [PoolConfiguration]
    /// What is logged and how.
    public var log: LogConfiguration
    /// How `rqd status` and the other commands reach the daemon.
    public var control: ControlConfiguration
    /// Where the numbers can be fetched.
    public var metrics: MetricsConfiguration
    /// What the scheduler process does.
    public var scheduler: SchedulerConfiguration
    /// Jobs that are queued again and again, in the order in which they were named.
    public var cron: [CronConfiguration]

    /// Makes a configuration; without arguments, local Redis and one worker on `default`.
    public init(
        redis: RedisConfiguration = RedisConfiguration(),
        pools: [PoolConfiguration] = [PoolConfiguration()],
        log: LogConfiguration = LogConfiguration(),
        control: ControlConfiguration = ControlConfiguration(),
        metrics: MetricsConfiguration = MetricsConfiguration(),
        scheduler: SchedulerConfiguration = SchedulerConfiguration(),
        cron: [CronConfiguration] = []
    ) {
        self.redis = redis
        self.pools = pools
        self.log = log
        self.control = control
        self.metrics = metrics
        self.scheduler = scheduler
        self.cron = cron
    }
}
