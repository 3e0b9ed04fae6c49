extension Keys {
    /// Set of whole queue keys: every queue a producer has used.
    public var queues: [UInt8] { key("queues") }

    /// List of job ids, taken from the left.
    public func queue(_ queue: QueueName) -> [UInt8] { key("queue:", queue) }

    /// List of job ids that a Python worker with one queue has taken and not yet started.
    public func intermediate(_ queue: QueueName) -> [UInt8] {
        key("queue:", queue, ":intermediate")
    }

    /// String: when a cleaner first saw `job` in the intermediate list; epoch seconds.
    public func intermediateFirstSeen(_ queue: QueueName, _ job: JobID) -> [UInt8] {
        key("queue:", queue, ":intermediate:first_seen:") + job.bytes
    }

    /// List: a queue while RQ's `Queue.compact` rebuilds it under the random name `token`.
    public func compacting(_ token: String) -> [UInt8] { key("queue:_compact:\(token)") }

    /// Sorted set: jobs being run; RQ's StartedJobRegistry.
    ///
    /// Members are `CompositeMember`s, the score is when the claim lapses, in epoch seconds.
    public func wip(_ queue: QueueName) -> [UInt8] { key("wip:", queue) }

    /// Sorted set of job ids that succeeded; score: when they expire, or `+inf`.
    public func finished(_ queue: QueueName) -> [UInt8] { key("finished:", queue) }

    /// Sorted set of job ids that failed or were stopped; score: when they expire, or -1.
    public func failed(_ queue: QueueName) -> [UInt8] { key("failed:", queue) }

    /// Sorted set of job ids that wait for other jobs.
    public func deferred(_ queue: QueueName) -> [UInt8] { key("deferred:", queue) }

    /// Sorted set of job ids that wait for a time; score: that time in epoch seconds.
    public func scheduled(_ queue: QueueName) -> [UInt8] { key("scheduled:", queue) }

    /// Sorted set of job ids that were canceled; score: when.
    public func canceled(_ queue: QueueName) -> [UInt8] { key("canceled:", queue) }

    /// Sorted set of job ids whose dependencies are met and which are not yet queued (RQ 3).
    public func ready(_ queue: QueueName) -> [UInt8] { key("ready:", queue) }

    /// Set of whole worker keys: the workers that listen on `queue`.
    public func workers(_ queue: QueueName) -> [UInt8] { key("workers:", queue) }

    /// String: the lock around the maintenance of one queue's registries.
    public func cleanRegistries(_ queue: QueueName) -> [UInt8] { key("clean_registries:", queue) }

    /// String: the lock of the scheduler that serves `queue`.
    public func schedulerLock(_ queue: QueueName) -> [UInt8] { key("scheduler-lock:", queue) }
}
