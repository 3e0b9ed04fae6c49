/// What the master tells a worker that runs, besides signals.
///
/// Sent over the worker's order socket as JSON; see `OrderSocket`.
enum WorkerOrder: Codable, Equatable, Sendable {
    /// End after the job in hand, however long that takes, and take no other.
    case retire
    /// Take no job until `resume`; the job in hand goes on.
    case pause
    /// Take jobs again.
    case resume
    /// End this execution as `stopped`, as RQ's command `stop-job` does.
    case stopJob(execution: String)
    /// Kill the process of this execution: the job fails, or is tried again.
    case killJob(execution: String)
    /// Tell the stack of this job, whose id is that of the scoreboard; a `WorkerAnswer` to this
    /// question follows.
    case stack(job: String, question: UInt64)
    /// Go on with these settings after the job in hand.
    case settings(PoolConfiguration)
}
