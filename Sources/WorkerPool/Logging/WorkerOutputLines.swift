import Logging
import RQ

/// What a worker passes on of its job's output.
extension WorkerLog {
    /// A line that a job printed.
    ///
    /// A line that begins with `<3>` or the like has that priority and is logged without it, as
    /// sd-daemon(3) says; any other is info. A line above `JobOutput.longestPiece` is logged in
    /// pieces. In the classic form the bytes go out as the job wrote them, to the stream it chose,
    /// as they do under `rq worker`.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - line: the bytes without the newline; need not be UTF-8.
    ///   - isError: whether it was written to standard error.
    func output<Line: RandomAccessCollection<UInt8>>(
        _ job: JobFields, _ line: Line, isError: Bool
    ) {
        if form == .classic {
            JobOutput.passOn(line, isError: isError)
            return
        }
        var rest = line[...]
        let level = JobOutput.takePriority(from: &rest)
        guard logger.logLevel <= level else { return }
        var isFirst = true
        repeat {
            let piece = JobOutput.takePiece(from: &rest)
            var text: [UInt8] = []
            if form == .text {
                let sign = "\(isError ? "err" : "out")\(isFirst ? "|" : "+")"
                text.append(contentsOf: "\(PrintableText.of(job.id)) \(sign) ".utf8)
            }
            PrintableText.append(piece, to: &text)
            let message = String(decoding: text, as: UTF8.self)
            guard form != .text else {
                logger.log(level: level, "\(message)")
                isFirst = false
                continue
            }
            var fields = job.metadata
            fields[JournalEntry.eventKey] = "job output"
            fields["RQD_STREAM"] = isError ? "stderr" : "stdout"
            if !isFirst { fields["RQD_CONTINUED"] = "1" }
            logger.log(level: level, "\(message)", metadata: fields)
            isFirst = false
        } while !rest.isEmpty
    }

    /// Lines that a job printed were not logged.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - count: how many, in the ten seconds before or until its end.
    func outputDropped(_ job: JobFields, count: Int) {
        say(.warning, "job output dropped", about: job) {
            ["count": "\(count)"]
        } sentence: {
            "job output dropped: \(count) lines (\(JobWording.name(job)))"
        } classic: {
            nil
        }
    }

    /// What a job has left running prints; this is told once, before the first line.
    ///
    /// - Parameters:
    ///   - job: the job that has ended.
    ///   - limit: how many lines are logged.
    func outputAfterEnd(_ job: JobFields, limit: Int) {
        say(.warning, "output after the job's end", about: job) {
            ["limit": "\(limit)"]
        } sentence: {
            "output after the job's end: at most \(limit) lines are logged (\(JobWording.name(job)))"
        } classic: {
            nil
        }
    }

    /// That was enough of it.
    func outputAfterEndDropped(_ job: JobFields) {
        say(.warning, "more output after the job's end is dropped", about: job) {
            nil
        } sentence: {
            "more output after the job's end is dropped (\(JobWording.name(job)))"
        } classic: {
            nil
        }
    }

    /// What a job had left running is killed.
    ///
    /// - Parameters:
    ///   - count: how many processes.
    ///   - name: the short name of one of them.
    ///   - job: who has left them; nil if that is not known.
    func leftBehind(count: Int, name: String, by job: JobID?) {
        var fields: Logger.Metadata = ["count": "\(count)", "name": "\(name)"]
        fields["RQ_JOB_ID"] = job.map { "\($0)" }
        logger.warning("processes that a job has left are killed", metadata: fields)
    }
}
