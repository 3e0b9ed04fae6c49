import ArgumentParser

/// What `rqd worker --worker-class` takes: the classes of rq itself that differ in nothing but the
/// order in which they look at their queues.
///
/// Source: RQ 3.0.0, `rq/worker/worker_classes.py` and `rq/cli/workers.py`.
enum WorkerClass: String, CaseIterable, ExpressibleByArgument {
    case worker = "Worker"
    case roundRobin = "RoundRobinWorker"
    case random = "RandomWorker"

    /// Fails for every other class, of rq or of the application.
    ///
    /// - Parameter argument: a dotted name such as `rq.worker.RoundRobinWorker`.
    init?(argument: String) {
        let parts = argument.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.first == "rq", parts.count > 1 else { return nil }
        self.init(rawValue: String(parts[parts.count - 1]))
    }

    static var allValueStrings: [String] { allCases.map { "rq.worker.\($0.rawValue)" } }

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
