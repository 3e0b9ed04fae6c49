/// What a worker of RQ's own is counted by, from its reports.
///
/// *Worker process.* RQ tells how many jobs returned and how many failed, and one that is tried
/// again counts as failed.
struct HostedCounts {
    private let board: MetricsBoard
    private var running: [String: (queue: String, function: String?, since: MonotonicTime)] = [:]
    private var before: (succeeded: UInt64, failed: UInt64) = (0, 0)

    /// Nothing yet.
    init(_ board: MetricsBoard) { self.board = board }

    /// Takes note of a report.
    mutating func heard(_ report: HostedReport, at now: MonotonicTime) {
        switch report {
        case .started(let id, let queue, let function, _, let waited):
            running[id] = (queue, function.isEmpty ? nil : function, now)
            if let waited { board.jobStarted(queue: queue, waited: waited) }
        case .ended(let id, let succeeded, let failed, _):
            guard let job = running.removeValue(forKey: id) else { return }
            let more = [
                (JobEnd.finished, succeeded &- min(before.succeeded, succeeded)),
                (JobEnd.failed, failed &- min(before.failed, failed)),
            ]
            before = (max(before.succeeded, succeeded), max(before.failed, failed))
            var ran: Duration? = now - job.since
            for (end, count) in more where count > 0 {
                board.jobEnded(
                    queue: job.queue, function: job.function, end, ran: ran, count: count)
                ran = nil
            }
        case .ready, .state, .taken, .execution, .horse, .leaving, .nonsense: break
        }
    }
}
