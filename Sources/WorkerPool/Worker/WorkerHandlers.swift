import RQ

/// The order of RQ 1: a failure is recorded, and then the exception handlers are asked.
///
/// *Worker process.* The job's horse waits in between; it is at an errand afterwards.
extension WorkerState {
    /// The job has failed, and its horse waits until that is recorded.
    mutating func failedBeforeHandlers(_ outcome: Outcome) -> [WorkerAction] {
        let actions = ended(outcome, by: nil)
        if isSettling { horseWaits = true }
        return actions
    }

    /// The failure is recorded, or the job handed back: then nobody is asked.
    mutating func askHandlers(_ settlement: Settlement) -> [WorkerAction] {
        horseWaits = false
        let heartbeat = WorkerAction.arm(.heartbeat, after: limits.idleHeartbeat)
        guard case .outcome(let job, _) = settlement, stop != .cold else {
            duty = .hungry
            return [.kill(force: true), heartbeat]
        }
        jobsDone += 1
        let errand = Errand(handlersOf: job)
        duty = .errand(errand, isRunning: true)
        return [heartbeat, .arm(.job, after: errand.limit + limits.timeoutGrace), .askHandlers]
    }
}
