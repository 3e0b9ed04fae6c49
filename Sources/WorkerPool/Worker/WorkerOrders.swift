import Logging
import RQ

/// What a worker does when the master tells it something.
///
/// *Worker process.*
extension Worker {
    /// Takes all orders that have come.
    func readOrders() {
        while let inbox {
            switch inbox.receive() {
            case .order(let order): obey(order)
            case .nonsense: log.logger.warning("order ignored")
            case .nothing: return
            case .end:
                // The master is gone, and the kernel ends us.
                ordersSource?.cancel()
                return
            }
        }
    }

    private func obey(_ order: WorkerOrder) {
        switch order {
        case .retire: asked(toStop: .retire)
        case .pause: happened(.paused)
        case .resume: happened(.unpaused)
        case .stopJob(let execution) where execution == state.job?.execution.description:
            happened(.stopJob(at: .now()))
        case .killJob(let execution) where execution == state.job?.execution.description:
            happened(.killHorse)
        case .stopJob, .killJob: log.logger.debug("job is over already")
        case .settings(let pool):
            newPool = pool
            happened(.told(WorkerLimits(assignment, settings: pool)))
        }
    }
}
