import Logging
import RQ

/// The lines that tell how a job ended.
struct WorkerJobLog {
    /// Where they go.
    let log: WorkerLog
    /// The job, with what is known of its end.
    let job: CurrentJob

    /// Tells what became of the job, and where it went.
    func tell(_ outcome: Outcome, _ fate: Fate) {
        let span = outcome.ended - outcome.started
        let reason = reason(outcome)
        switch fate {
        case .finished(let ttl):
            log.succeeded(
                job.fields, seconds: span, resultTTL: ttl,
                peakMemoryBytes: job.report?.peakMemoryBytes)
        case .failed where job.ending != nil:
            log.died(job.fields, how: reason)
        case .failed:
            log.failed(
                job.fields, reason: reason, traceback: job.report?.traceback, seconds: span)
        case .stopped: log.stopped(job.fields, reason: "by command")
        case .retried(let left):
            log.retrying(
                job.fields, reason: reason, traceback: job.report?.traceback, seconds: span,
                after: .zero, left: left)
        case .scheduled(let left, let pause):
            log.retrying(
                job.fields, reason: reason, traceback: job.report?.traceback, seconds: span,
                after: pause, left: left)
        case .requeued: log.requeued(job.fields, reason: reason)
        case .canceled: note("it was canceled while it ran")
        case .deleted: note("it was deleted while it ran")
        case .lost(let status):
            note("its lease was lost, another process has decided (\(status))")
        case .gone: break
        }
    }

    /// One line for why it did not return.
    private func reason(_ outcome: Outcome) -> String {
        // Redis did not take what the function returned.
        if case .failed(let text) = outcome.kind, let report = job.report,
            report.failureLine == nil
        {
            return PrintableText.of(text)
        }
        if let line = job.report?.failureLine {
            return job.breach.map { "\(line) (\($0))" } ?? line
        }
        if let killed = job.killReason ?? job.breach { return killed }
        if let ending = job.ending { return job.words(for: ending) }
        return "it returned a Retry"
    }

    private func note(_ text: String) {
        log.logger.warning(
            "outcome not kept",
            metadata: job.fields.metadata.merging(["reason": "\(text)"]) { $1 })
    }
}
