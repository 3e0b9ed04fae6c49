/// In which order a worker looks at its queues.
///
/// Source: RQ 3.0.0, `rq/worker/base.py`, `DequeueStrategy` and `BaseWorker.reorder_queues`.
public enum DequeueStrategy: String, Sendable, CaseIterable, Codable {
    /// As they are configured: the first queue is always the most urgent.
    case `default`
    /// The queue that gave a job goes to the end, and those before it with it.
    case roundRobin = "round_robin"
    /// Shuffled after each job.
    case random
}
