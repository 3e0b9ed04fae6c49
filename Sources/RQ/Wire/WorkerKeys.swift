extension Keys {
    /// Set of whole worker keys: every worker.
    public var workers: [UInt8] { key("workers") }

    /// Hash: one worker, as `WorkerHash` reads it.
    public func worker(_ worker: WorkerName) -> [UInt8] { key("worker:", worker) }

    /// Set of `CompositeMember`s: what a worker is running (RQ 3).
    public func workerExecutions(_ worker: WorkerName) -> [UInt8] {
        key("worker:", worker, ":executions")
    }

    /// Channel on which a worker is told what to do, by a `WorkerCommand`.
    public func commands(_ worker: WorkerName) -> [UInt8] { key("pubsub:", worker) }

    /// String that exists while all workers are suspended.
    public var suspended: [UInt8] { key("suspended") }

    /// Hash: one scheduler (RQ 2.12 and later).
    public func scheduler(_ name: String) -> [UInt8] { key("scheduler:\(name)") }

    /// Sorted set of `rq cron` processes; score: last heartbeat, epoch seconds.
    public var cronSchedulers: [UInt8] { key("cron_schedulers") }

    /// Hash: one `rq cron` process.
    public func cronScheduler(_ name: String) -> [UInt8] { key("cron_scheduler:\(name)") }

    /// Sorted set of cron job names; score: last enqueued, epoch seconds (RQ 2.12 and later).
    public var cronJobs: [UInt8] { key("cron_jobs") }

    /// Sorted set of the ids of jobs a cron entry has made (RQ 2.12 and later).
    public func cronJobHistory(_ name: String) -> [UInt8] { key("cron_job:\(name):jobs") }

    /// Hash of rqd's own: a worker's claims that are not settled yet, by execution id.
    public func claims(_ worker: WorkerName) -> [UInt8] { key("rqd:claims:", worker) }

    /// Hash of rqd's own: for each worker that may hold claims, the process behind the name.
    public var claimants: [UInt8] { key("rqd:workers") }

    /// Hash of rqd's own: the workers of RQ's own that it hosts, and the process behind each name.
    public var hosted: [UInt8] { key("rqd:hosted") }
}
