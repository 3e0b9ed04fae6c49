extension Keys {
    /// Hash: the job, as `JobHash` reads it.
    public func job(_ job: JobID) -> [UInt8] { key("job:", job) }

    /// Set of the ids of jobs that wait for `job`.
    public func dependents(_ job: JobID) -> [UInt8] { key("job:", job, ":dependents") }

    /// Set of the ids of jobs that `job` waits for; the double colon is RQ's.
    public func dependencies(_ job: JobID) -> [UInt8] { key("job::", job, ":dependencies") }

    /// Stream of the job's results, each a `ResultEntry`.
    public func results(_ job: JobID) -> [UInt8] { key("results:", job) }

    /// Hash: one run of a job, an `ExecutionHash`.
    public func execution(_ job: JobID, _ execution: ExecutionID) -> [UInt8] {
        key("execution:", job, ":") + execution.bytes
    }

    /// Sorted set of the ids of a job's runs; score: when each lapses, in epoch seconds.
    public func executions(_ job: JobID) -> [UInt8] { key("executions:", job) }

    /// Set of group names.
    public var groups: [UInt8] { key("groups") }

    /// Set of the ids of a group's jobs.
    public func group(_ name: [UInt8]) -> [UInt8] { key("group:", name) }

    /// String: the lock around the maintenance of groups (RQ 3).
    public var cleanGroups: [UInt8] { key("clean_groups") }

    /// Set of all rate-limit keys in use (RQ 3).
    public var rateLimits: [UInt8] { key("rl-keys") }

    /// Hash with the field `concurrency` (RQ 3).
    public func rateLimit(_ name: [UInt8]) -> [UInt8] { key("rl:", name) }

    /// Sorted set of the ids of jobs that hold a slot (RQ 3).
    public func rateLimitAllowed(_ name: [UInt8]) -> [UInt8] { key("rl:", name, ":allowed") }

    /// Sorted set of the ids of jobs that wait for a slot (RQ 3).
    public func rateLimitWaiting(_ name: [UInt8]) -> [UInt8] { key("rl:", name, ":rate_limited") }
}
