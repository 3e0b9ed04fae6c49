import RQ

/// All that a scheduler is told by the master, at its birth.
struct SchedulerAssignment: Sendable, Equatable {
    /// Where Redis is.
    let redis: RedisConfiguration
    /// What it is to do.
    let settings: SchedulerConfiguration
    /// The queues of all pools, none twice.
    let queues: [QueueName]
    /// What becomes of a job whose worker has vanished with its host.
    let deathRules: WorkerDeathRules
    /// How soon it is to notice that a host has vanished.
    let vanishing: VanishingLimits
    /// What is queued again and again.
    let cron: [CronEntry]
    /// The pools that grow when their jobs wait.
    let watched: [BacklogWatch.Pool]
    /// Whether it does everything once and then ends: burst mode.
    let runsOnce: Bool

    /// Takes from a configuration what a scheduler needs; nil if it needs none.
    ///
    /// - Parameters:
    ///   - configuration: what holds.
    ///   - roster: the pools' numbers.
    ///   - runsOnce: burst mode.
    init?(_ configuration: Configuration, _ roster: Roster, runsOnce: Bool) {
        watched = roster.order.compactMap { number in
            guard roster.pools[number].maxWorkers != nil, !runsOnce else { return nil }
            return BacklogWatch.Pool(
                number: number, queues: roster.pools[number].queues.map { QueueName($0) })
        }
        guard configuration.scheduler.isWanted || !configuration.cron.isEmpty || !watched.isEmpty
        else { return nil }
        redis = configuration.redis
        settings = configuration.scheduler
        var queues: [QueueName] = []
        for name in configuration.pools.flatMap(\.queues) where !queues.contains(QueueName(name)) {
            queues.append(QueueName(name))
        }
        self.queues = queues
        deathRules = WorkerDeathRules(configuration.pools)
        vanishing = VanishingLimits(heartbeats: configuration.pools.map(\.heartbeatInterval))
        cron = configuration.cron.compactMap { $0.entry(for: configuration.pools) }
        self.runsOnce = runsOnce
    }
}
