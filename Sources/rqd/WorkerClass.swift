/// The classes of rq itself that rqd's own worker stands in for: they differ in nothing but the
/// order in which they look at their queues.
///
/// Source: RQ 3.0.0, `rq/worker/worker_classes.py` and `rq/cli/workers.py`.
enum WorkerClass: String {
    case worker = "Worker"
    case roundRobin = "RoundRobinWorker"
    case random = "RandomWorker"

    /// Fails for every other class, of rq or of the application.
    ///
    /// - Parameter name: a dotted name such as `rq.worker.RoundRobinWorker`.
    init?(dotted name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.first == "rq", parts.count > 1 else { return nil }
        self.init(rawValue: String(parts[parts.count - 1]))
    }

    /// The strategy that it stands for; nil for what `--dequeue-strategy` says.
    var dequeueStrategy: String? {
        switch self {
        case .worker: nil
        case .roundRobin: "round_robin"
        case .random: "random"
        }
    }

    /// What rq says of it, too.
    var deprecation: String? {
        dequeueStrategy.map {
            "WARNING: \(rawValue) is deprecated. Use `--dequeue-strategy \($0)` instead."
        }
    }
}
