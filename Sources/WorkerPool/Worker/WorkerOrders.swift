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
            killHorse(for: "rqd kill-job")
        case .stack(let job, let question): tellStack(of: job, question)
        case .stopJob, .killJob: log.logger.debug("job is over already")
        case .settings(let pool):
            newPool = pool
            happened(.told(WorkerLimits(assignment, settings: pool)))
        }
    }

    /// Ends the running job's process, and remembers who wanted that.
    func killHorse(for killer: String) {
        if state.isRunningJob { current?.killer = killer }
        happened(.killHorse)
    }

    /// The master asks where a job is; another may be in hand by now.
    private func tellStack(of job: String, _ question: UInt64) {
        guard record.jobID == job else {
            inbox?.send(WorkerAnswer(question: question, reason: "the job is over"))
            return
        }
        stackQuestions.append(question)
        happened(.stackAsked)
    }

    /// Answers who has asked for the stack, if somebody has.
    ///
    /// - Parameter stack: nil when the job's process is not to be asked any more.
    func answerStack(_ stack: JobStack?) {
        let reason = stack == nil ? "the job is over, or is being ended" : nil
        for question in stackQuestions {
            inbox?.send(WorkerAnswer(question: question, stack: stack?.lines, reason: reason))
        }
        stackQuestions = []
    }
}
