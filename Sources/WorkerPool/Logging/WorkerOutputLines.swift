import Logging

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
}
