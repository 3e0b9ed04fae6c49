import Logging

/// What a worker tells about its jobs, worded once for every form of the log.
///
/// In text a line is a constant message with fields; in the journal it is a sentence, the constant
/// message is the field `RQD_EVENT`, and every value is a field; in the classic form it is what a
/// user of `rq worker` knows. `WorkerLog` looks at the logger's handler to learn the form.
///
/// *Worker process.*
struct WorkerLog: Sendable {
    /// The form that the lines have.
    let form: LogForm
    /// The worker's name in Redis.
    let worker: String
    /// The logger, with the worker's fields, for whatever else the worker has to say.
    let logger: Logger

    /// Makes the log of one worker.
    ///
    /// - Parameters:
    ///   - pool: the name of its pool.
    ///   - slot: its place in the pool, from 0.
    ///   - worker: its name in Redis.
    ///   - style: the form of the lines; nil takes it from the logger.
    ///   - logger: where to log.
    init(
        pool: String, slot: Int, worker: String, style: LogForm? = nil,
        logger: Logger = Logger(label: "rqd.worker")
    ) {
        form = style ?? LogForm.of(logger)
        self.worker = worker
        var logger = logger
        logger[metadataKey: "RQD_POOL"] = .string(pool)
        logger[metadataKey: "RQD_SLOT"] = .stringConvertible(slot)
        if form == .journal || form == .json {
            logger[metadataKey: "RQ_WORKER"] = .string(worker)
        }
        self.logger = logger
    }

    /// A job was claimed and starts.
    func started(_ job: JobFields) {
        say(.info, "job started", about: job) {
            job.description.map { ["description": "\($0)"] }
        } sentence: {
            "job started: \(job.description ?? job.function ?? "")"
                + " (\(job.id) on \(job.queue))"
        } classic: {
            job.description.map { "\(job.queue): \($0) (\(job.id))" }
                ?? "\(job.queue): \(job.id)"
        }
    }

    /// A job returned.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - seconds: how long it ran.
    ///   - resultTTL: how long its result is kept, in seconds; 0 not at all, below 0 for ever.
    ///   - peakMemoryBytes: the most memory its process held at once, if it is known.
    func succeeded(_ job: JobFields, seconds: Duration, resultTTL: Int, peakMemoryBytes: UInt64?) {
        say(.info, "job finished", about: job) {
            var fields: Logger.Metadata = [
                "seconds": "\(JobWording.seconds(seconds))", "result_ttl": "\(resultTTL)",
            ]
            if let peakMemoryBytes { fields["peak_memory_bytes"] = "\(peakMemoryBytes)" }
            return fields
        } sentence: {
            let memory = peakMemoryBytes.map { ", \(JobWording.size(bytes: $0)) at most" } ?? ""
            return "job finished: \(JobWording.name(job)), \(JobWording.span(seconds))\(memory)"
        } classic: {
            """
            Successfully completed \(job.description.map { "\($0) job" } ?? "job \(job.id)") \
            in \(JobWording.timedelta(seconds))s on worker \(worker)
            """
        }
        guard form == .classic else { return }
        logger.info("\(job.queue): Job OK (\(job.id))")
        logger.info("\(JobWording.fate(resultTTL: resultTTL))")
    }

    /// A job raised, or could not be run, and has failed for good.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - reason: one line, for example `ValueError: boom`.
    ///   - traceback: what Python wrote about it, if there is such a thing.
    ///   - seconds: how long it ran; nil when it never did.
    func failed(_ job: JobFields, reason: String, traceback: String?, seconds: Duration?) {
        tellFailure(.error, "job failed", job, reason, traceback, seconds, nil)
    }

    /// A job raised, and RQ's retry settings run it again.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - reason: one line, for example `ValueError: boom`.
    ///   - traceback: what Python wrote about it, if there is such a thing.
    ///   - seconds: how long it ran.
    ///   - pause: how long it waits before it is queued again; zero for at once.
    ///   - left: how many retries it has left after this one, if that is known.
    func retrying(
        _ job: JobFields, reason: String, traceback: String?, seconds: Duration?,
        after pause: Duration, left: Int?
    ) {
        let next = Next(pause: pause, left: left)
        tellFailure(.warning, "job will be retried", job, reason, traceback, seconds, next)
    }

    /// A job's process ended without an outcome.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - how: how it ended, for example `killed by signal 9 (KILL)`.
    func died(_ job: JobFields, how: String) {
        tell(.error, "job died", job, how) {
            "Work-horse terminated unexpectedly: \(how) (job \(job.id))"
        }
    }

    /// A job was stopped because somebody asked for it.
    func stopped(_ job: JobFields, reason: String) {
        tell(.warning, "job stopped", job, reason) { "Job \(job.id) stopped: \(reason)" }
    }

    /// A job goes back to its queue unfinished.
    func requeued(_ job: JobFields, reason: String) {
        tell(.warning, "job put back", job, reason) {
            "\(job.queue): Job put back to its queue: \(reason) (\(job.id))"
        }
    }

    /// An id was taken from a queue, but there is nothing to run.
    ///
    /// - Parameters:
    ///   - queue: the queue's name.
    ///   - jobID: the id as it stood in the queue; any bytes are possible, and 10 kB of them.
    ///   - reason: why, for example `its hash is missing`.
    func dropped(queue: String, jobID: String, reason: String) {
        let id = jobID.utf8.count > 256 ? "\(jobID.prefix(200))…" : jobID
        let job = JobFields(
            queue: queue, id: id, execution: "", function: nil, description: nil)
        tell(.warning, "job dropped", job, reason) { "\(queue): Job dropped: \(reason) (\(id))" }
    }

    // Failures and plain reasons share their shape.

    /// When a failed job runs again.
    private struct Next {
        let pause: Duration
        let left: Int?

        /// `at once, 1 retry left`.
        var wording: String {
            let moment = pause > .zero ? "after \(JobWording.span(pause))" : "at once"
            return left.map { "\(moment), \($0) \($0 == 1 ? "retry" : "retries") left" } ?? moment
        }
    }

    private func tell(
        _ level: Logger.Level, _ event: String, _ job: JobFields, _ reason: String,
        classic: () -> String
    ) {
        say(level, event, about: job) {
            ["reason": "\(reason)"]
        } sentence: {
            "\(event): \(reason) (\(JobWording.name(job)))"
        } classic: {
            classic()
        }
    }

    private func tellFailure(
        _ level: Logger.Level, _ event: String, _ job: JobFields, _ reason: String,
        _ traceback: String?, _ seconds: Duration?, _ next: Next?
    ) {
        say(level, event, about: job) {
            var fields: Logger.Metadata = ["reason": "\(reason)"]
            if let seconds { fields["seconds"] = "\(JobWording.seconds(seconds))" }
            if let next { fields["after"] = "\(JobWording.seconds(next.pause))" }
            if let left = next?.left { fields["retries_left"] = "\(left)" }
            if form == .json, let text = trimmed(traceback) { fields["traceback"] = "\(text)" }
            return fields
        } sentence: {
            let took = seconds.map { ", \(JobWording.span($0))" } ?? ""
            let head = "\(event): \(reason) (\(JobWording.name(job))\(took))"
            return [head + (next.map { ", \($0.wording)" } ?? ""), trimmed(traceback)]
                .compactMap { $0 }.joined(separator: "\n")
        } classic: {
            let head = "Job \(job.id): exception raised while executing"
            let outcome = next.map { "\nJob \(job.id) will be retried \($0.wording)" } ?? ""
            return "\(head) (\(job.function ?? "?"))\n\(trimmed(traceback) ?? reason)\(outcome)"
        }
        guard form == .text, let traceback = trimmed(traceback) else { return }
        for line in traceback.split(separator: "\n", omittingEmptySubsequences: false) {
            logger.log(
                level: level, "\(job.id) trace| \(line)",
                metadata: [TextLine.continuationKey: "\(line)"])
        }
    }

    /// A traceback without the newlines at its end; nil for an empty one.
    private func trimmed(_ traceback: String?) -> String? {
        guard var text = traceback?[...] else { return nil }
        while text.last == "\n" { text.removeLast() }
        return text.isEmpty ? nil : String(text)
    }

    /// Says one thing about a job; its fields are added.
    func say(
        _ level: Logger.Level, _ event: String, about job: JobFields,
        fields: () -> Logger.Metadata?, sentence: () -> String, classic: () -> String?
    ) {
        say(
            level, event,
            fields: {
                var all = job.metadata
                if form == .text {
                    all = job.shortMetadata
                    if let function = job.function { all["RQ_FUNC"] = .string(function) }
                }
                if let more = fields() { all.merge(more) { _, theirs in theirs } }
                return all
            }, sentence: sentence, classic: classic)
    }

    /// Says one thing in the form of this log; nothing is built when the level is off.
    ///
    /// - Parameters:
    ///   - level: how bad it is.
    ///   - event: the constant message.
    ///   - fields: its values.
    ///   - sentence: what the journal shows.
    ///   - classic: what a user of `rq worker` expects; nil for nothing.
    func say(
        _ level: Logger.Level, _ event: String, fields: () -> Logger.Metadata,
        sentence: () -> String, classic: () -> String?
    ) {
        guard logger.logLevel <= level else { return }
        switch form {
        case .text, .json:
            logger.log(level: level, "\(event)", metadata: fields())
        case .journal:
            var all = fields()
            all[JournalEntry.eventKey] = .string(event)
            logger.log(level: level, "\(sentence())", metadata: all)
        case .classic:
            guard let line = classic() else { return }
            logger.log(level: level, "\(line)")
        }
    }
}
