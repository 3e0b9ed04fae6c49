/// What jobs of a hosted worker have left running: it ends when no job runs.
///
/// *Worker process.* It has become this process's child. What is older than the jobs that have just
/// run is the worker class's own, and what the interpreter still waits for is the interpreter's.
struct HostedLeftovers {
    private let isKept: Bool
    /// When the first of the jobs that run now began, in clock ticks since boot.
    private var began: UInt64?

    /// Nothing yet; `isKept` is the pool's `keep_descendants`.
    init(isKept: Bool) { self.isKept = isKept }

    /// Takes note of a report that has changed what the worker does.
    ///
    /// - Parameters:
    ///   - report: the report.
    ///   - isBetweenJobs: whether no job runs after it.
    ///   - interpreter: a child that is not to end.
    ///   - log: hears what was killed.
    mutating func heard(
        _ report: HostedReport, isBetweenJobs: Bool, sparing interpreter: Int32?, _ log: WorkerLog
    ) {
        switch report {
        case .started: began = began ?? ProcessStat.now
        case .ended where isBetweenJobs && !isKept:
            guard let start = began else { return }
            began = nil
            let left = Descendants.endOrphans(startedSince: start, sparing: interpreter)
            if left.count > 0 { log.leftBehind(count: left.count, name: left.name, by: nil) }
        case .ended, .ready, .state, .taken, .execution, .horse, .leaving, .nonsense: break
        }
    }
}
