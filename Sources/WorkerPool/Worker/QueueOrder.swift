import RQ

/// The order in which one worker looks at its queues; each job may change it.
///
/// *Worker process.* A worker begins with the order of the configuration, as rq's does, and every
/// worker has an order of its own.
struct QueueOrder: Equatable {
    /// The queue to look at first comes first.
    private(set) var queues: [QueueName]

    private let strategy: DequeueStrategy

    /// The order before the first job.
    init(_ queues: [QueueName], _ strategy: DequeueStrategy) {
        self.queues = queues
        self.strategy = strategy
    }

    /// A job was taken.
    ///
    /// - Parameters:
    ///   - queue: where from.
    ///   - generator: shuffles.
    mutating func took(
        from queue: QueueName, using generator: inout some RandomNumberGenerator
    ) {
        switch strategy {
        case .default: break
        case .roundRobin:
            guard let place = queues.firstIndex(of: queue) else { return }
            queues = Array(queues[(place + 1)...] + queues[...place])
        case .random: queues.shuffle(using: &generator)
        }
    }
}
