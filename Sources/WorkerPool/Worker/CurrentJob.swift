import Glibc
import RQ

/// The job a worker has in hand, with what its log lines and its end need.
struct CurrentJob {
    /// The job as it was claimed.
    let job: ClaimedJob
    /// For the log.
    let fields: JobFields
    /// When it was claimed.
    let claimed: Timestamp
    /// When it was handed to the horse, or claimed if it was not yet.
    var begun: MonotonicTime
    /// The same on the wall's clock.
    var begunAt: Timestamp
    /// Why its horse is being ended, if it is.
    var killReason: String?
    /// By which limit of its pool it ended, in words.
    var breach: String?
    /// Whose order ended its horse, if one did: `rqd kill-job`.
    var killer: String?
    /// Where it was then.
    var stack: JobStack?
    /// What the horse told.
    var report: JobReport?
    /// How the horse ended, if it told nothing.
    var ending: HorseEnding?

    /// A job that was just claimed.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - now: the moment, on both clocks.
    ///   - describes: whether the log shows the job's description.
    init(_ job: ClaimedJob, at now: (MonotonicTime, Timestamp), describes: Bool) {
        self.job = job
        let hash = JobHash(fields: job.fields)
        fields = JobFields(
            queue: job.queue.description, id: job.id.description,
            execution: job.execution.description, function: hash.functionName,
            description: describes ? hash.description : nil)
        begun = now.0
        begunAt = now.1
        claimed = now.1
    }

    /// What became of the horse, and by whom: `it was killed by SIGKILL (signal 9), by rqd kill-job`.
    func words(for ending: HorseEnding) -> String {
        if let breach { return breach }
        guard let killer, ending.signal == SIGKILL else { return ending.description }
        return "\(ending), by \(killer)"
    }

    /// What is recorded when the horse ended without a word.
    func outcome(of ending: HorseEnding, at ended: Timestamp) -> Outcome {
        var text = killReason ?? "Work-horse terminated unexpectedly; \(words(for: ending))"
        // As in a traceback, what has happened is the last line.
        if killReason != nil, let stack, stack.isKnown { text = "\(stack.text)\n\(text)" }
        return Outcome(kind: .failed(text: text), started: begunAt, ended: ended)
    }
}

extension ClaimedJob {
    /// The job's timeout, or nil for one that may run for ever.
    ///
    /// What is not a time counts as rq's standard: the horse will say what is wrong with it.
    var timeLimit: Duration? {
        let timeout: JobTimeout
        do {
            timeout = try JobHash(fields: fields).timeout
        } catch {
            timeout = .standard
        }
        switch timeout {
        case .after(let span): return span
        case .never: return nil
        }
    }
}
