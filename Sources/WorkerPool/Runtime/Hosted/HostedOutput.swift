import Logging
import RQ

/// What an interpreter prints, on its way to the log: each line with the fields of the job that
/// it belongs to.
///
/// *Worker process.*
struct HostedOutput {
    /// What begins the lines that tell where a job begins and ends; nobody else knows it.
    let mark = RandomID.hexadecimal().description

    private let log: WorkerLog
    private var quota: OutputQuota
    private var jobs: [String: JobFields] = [:]

    /// Nothing yet; `limit` is the pool's `output_limit`.
    init(_ log: WorkerLog, limit: Int?) {
        self.log = log
        quota = OutputQuota(limit: limit)
    }

    /// Logs a line.
    ///
    /// - Parameters:
    ///   - line: without its newline.
    ///   - fields: finds what is known of a job that begins.
    /// - Returns: the job whose output is complete, at the line that says so.
    mutating func took(_ line: ArraySlice<UInt8>, fields: (String) -> JobFields?) -> String? {
        switch HostedLine(line, mark: Array(mark.utf8)) {
        case .begins(let id): jobs[id] = fields(id)
        case .ends(let id):
            jobs[id] = nil
            return id
        case .logged(let level, let text):
            guard isWanted(text) else { break }
            let metadata = log.form == .journal ? job?.metadata : job?.shortMetadata
            let message = PrintableText.of(String(decoding: text, as: UTF8.self))
            log.logger.log(level: level, "\(message)", metadata: metadata)
        case .printed(let text):
            guard isWanted(text) else { break }
            if let job {
                log.output(job, text, isError: false)
            } else {
                let message = PrintableText.of(String(decoding: text, as: UTF8.self))
                log.logger.info("\(message)")
            }
        }
        return nil
    }

    /// Whether the pool's limit lets a line pass; tells what was dropped.
    private mutating func isWanted(_ text: ArraySlice<UInt8>) -> Bool {
        let verdict = quota.take(text.count, at: .now())
        if verdict.dropped > 0 {
            log.logger.warning(
                "job output dropped",
                metadata: (job?.metadata ?? [:]).merging(["count": "\(verdict.dropped)"]) { $1 })
        }
        return verdict.isLogged
    }

    /// The job whose lines these are; none while several run at once.
    private var job: JobFields? { jobs.count == 1 ? jobs.values.first : nil }
}
