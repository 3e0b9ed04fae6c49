import RQ

/// What becomes of jobs whose worker died, whoever settles them: by the pool that serves their queue.
struct WorkerDeathRules: Sendable, Equatable {
    /// What one pool says.
    struct Rule: Sendable, Equatable {
        /// `on_worker_death`.
        var fate: PoolConfiguration.Fate
        /// `quarantine_after`.
        var quarantineAfter: Int
    }

    private var ofQueue: [QueueName: Rule] = [:]
    /// Of queues that no pool serves here any more.
    private let usual: Rule

    /// The rules of these pools; of several that serve a queue, the first one's count.
    init(_ pools: [PoolConfiguration]) {
        usual = Rule(PoolConfiguration())
        for pool in pools {
            for queue in pool.queues.map({ QueueName($0) }) where ofQueue[queue] == nil {
                ofQueue[queue] = Rule(pool)
            }
        }
    }

    /// What holds for a queue's jobs.
    subscript(queue: QueueName) -> Rule { ofQueue[queue] ?? usual }
}

extension WorkerDeathRules.Rule {
    fileprivate init(_ pool: PoolConfiguration) {
        self.init(fate: pool.onWorkerDeath, quarantineAfter: pool.quarantineAfter)
    }
}

extension PoolConfiguration {
    /// The same with this rule for jobs whose worker died.
    func settling(by rule: WorkerDeathRules.Rule) -> PoolConfiguration {
        var same = self
        (same.onWorkerDeath, same.quarantineAfter) = (rule.fate, rule.quarantineAfter)
        return same
    }
}
