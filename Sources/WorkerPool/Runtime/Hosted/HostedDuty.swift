import Glibc
import RQ

/// What a hosted worker is doing, from its reports; kept on the scoreboard as well.
///
/// *Worker process.* A class of its own may run several jobs at once; the scoreboard shows one.
struct HostedDuty {
    private let record: SlotRecord
    private let describesJobs: Bool
    private let owner: uid_t
    /// The interpreter, once it runs; its children are the horses.
    var interpreter: Int32?
    private let before: (succeeded: UInt64, failed: UInt64)
    private var running: [String: JobFields] = [:]
    /// The id that was taken from a queue last, until its job is over.
    private(set) var taken: TakenJob?
    /// Why `work()` has returned; what counts if the interpreter ends without a word.
    private(set) var leave = HostedLeave.unexpected

    /// Nothing yet, on the slot's record; `owner` is the user whose rights the jobs have.
    init(_ record: SlotRecord, describesJobs: Bool, owner: uid_t) {
        self.record = record
        self.owner = owner
        self.describesJobs = describesJobs
        before = (record.succeeded, record.failed)
    }

    /// Jobs that have ended, and whose output may still be on the way.
    private var ended: [String: JobFields] = [:]
    private static let mostEnded = 1000

    /// What is known of a job that runs, or has just ended.
    func fields(of id: String) -> JobFields? { running[id] ?? ended[id] }

    /// All that a job has printed was read.
    mutating func forget(_ id: String) { ended[id] = nil }

    /// Whether no job runs.
    var isBetweenJobs: Bool { running.isEmpty }

    /// The job that runs, if it is the only one.
    var job: JobFields? { running.count == 1 ? running.values.first : nil }

    /// Takes note of a report.
    ///
    /// - Parameters:
    ///   - report: the report.
    ///   - now: the present moment, on both clocks.
    mutating func heard(_ report: HostedReport, at now: (MonotonicTime, Timestamp)) {
        record.progress += 1
        switch report {
        case .state(let word): show(word)
        case .taken(let job):
            taken = job
            let ago = Duration.microseconds(now.1.microseconds - job.at.microseconds)
            show(job.id.description, queue: job.queue.description, since: now.0 + (.zero - ago))
        case .started(let id, let queue, let function, let description, _):
            running[id] = JobFields(
                queue: queue, id: id, execution: "", function: function.isEmpty ? nil : function,
                description: describesJobs ? description : nil)
            let since = record.jobID == id ? record.jobStarted : nil
            show(id, queue: queue, since: since ?? now.0)
            record.function = function
            record.state = .busy
        case .execution(let id, let execution):
            guard let job = running[id] else { return }
            running[id] = JobFields(
                queue: job.queue, id: id, execution: execution, function: job.function,
                description: job.description)
            if record.jobID == id { record.executionID = execution }
        case .horse(let pid):
            // The interpreter is the jobs': what it says may be a lie.
            guard let interpreter else { return }
            record.horse = ProcessIdentity.of(pid, childOf: interpreter, user: owner)
        case .ended(let id, let succeeded, let failed, let peakMemoryBytes):
            if ended.count >= Self.mostEnded { ended.removeAll() }
            ended[id] = running.removeValue(forKey: id)
            if taken?.id.description == id { taken = nil }
            record.succeeded = before.succeeded + succeeded
            record.failed = before.failed + failed
            record.peakMemoryBytes = max(record.peakMemoryBytes, peakMemoryBytes)
            rest()
        case .leaving(let word, let reason):
            leave = word
            if !reason.isEmpty { record.complaint = reason }
        case .ready, .nonsense: break
        }
    }

    private mutating func show(_ word: String) {
        switch word {
        case "idle":
            guard running.isEmpty else { return }
            taken = nil
            rest()
            record.state = .idle
        case "busy": record.state = .busy
        case "suspended": record.state = .suspended
        default: break
        }
    }

    private func show(_ id: String, queue: String, since: MonotonicTime) {
        record.clearJob()
        record.jobID = id
        record.queue = queue
        record.jobStarted = since
    }

    /// Between jobs the scoreboard shows none, or one of those that still run.
    private func rest() {
        guard let job = running.values.first else { return record.clearJob() }
        guard record.jobID != job.id else { return }
        show(job.id, queue: job.queue, since: .now())
        record.function = job.function ?? ""
        record.executionID = job.execution
    }
}
