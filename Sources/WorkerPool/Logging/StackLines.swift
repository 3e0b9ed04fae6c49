import Logging

extension Logger {
    /// Tells an error with the calls of the application's code that led to it.
    ///
    /// - Parameters:
    ///   - message: what has happened.
    ///   - calls: lines of a traceback, the most recent call last.
    ///   - metadata: the fields.
    func error(_ message: Logger.Message, calls: [String], metadata: Logger.Metadata) {
        var fields = metadata
        switch LogForm.of(self) {
        case .journal, .json:
            if !calls.isEmpty { fields["RQD_CALLS"] = "\(calls.joined(separator: "\n"))" }
            error(message, metadata: fields)
        case .text, .classic:
            error(message, metadata: fields)
            for line in calls {
                log(
                    level: .error, "call| \(line)",
                    metadata: [TextLine.continuationKey: "\(line)"])
            }
        }
    }
}

/// What a worker tells about where a job is.
extension WorkerLog {
    /// A job has run for as long as its pool's `slowlog`, and goes on.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - seconds: how long it has run.
    ///   - stack: what its threads do.
    func slow(_ job: JobFields, seconds: Duration, _ stack: JobStack) {
        tell(.warning, "job is slow", job, nil, seconds, stack)
    }

    /// A job's process is ended next.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - reason: which time has passed.
    ///   - seconds: how long it has run.
    ///   - stack: what its threads do.
    func aboutToBeKilled(
        _ job: JobFields, reason: String, seconds: Duration, _ stack: JobStack
    ) {
        tell(.warning, "job is about to be killed", job, reason, seconds, stack)
    }

    private func tell(
        _ level: Logger.Level, _ event: String, _ job: JobFields, _ reason: String?,
        _ seconds: Duration, _ stack: JobStack
    ) {
        say(level, event, about: job) {
            var fields: Logger.Metadata = ["seconds": "\(JobWording.seconds(seconds))"]
            if let reason { fields["reason"] = "\(reason)" }
            return fields
        } sentence: {
            let why = reason.map { ": \($0)" } ?? ""
            return """
                \(event)\(why) (\(JobWording.name(job)), \(JobWording.span(seconds)))
                \(stack.text)
                """
        } classic: {
            let what = reason.map { "about to be killed: \($0)" } ?? "slow"
            return """
                Job \(job.id) is \(what) (\(job.function ?? "?"), \(JobWording.span(seconds)))
                \(stack.text)
                """
        }
        guard form == .text else { return }
        for line in stack.lines {
            logger.log(
                level: level, "\(job.id) stack| \(line)",
                metadata: [TextLine.continuationKey: "\(line)"])
        }
    }
}
