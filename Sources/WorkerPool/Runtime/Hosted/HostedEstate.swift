import RQ
import RedisKit

/// What a dead worker of RQ's own has left in Redis: its name, and jobs.
///
/// *Worker process.* Calls that wait.
struct HostedEstate {
    private let identity: WorkerIdentity
    private let pool: PoolConfiguration
    private let log: WorkerLog

    /// The estate of one worker.
    ///
    /// - Parameters:
    ///   - identity: the dead worker.
    ///   - pool: whose rules decide about the jobs.
    ///   - log: of whoever settles.
    init(_ identity: WorkerIdentity, _ pool: PoolConfiguration, _ log: WorkerLog) {
        self.identity = identity
        self.pool = pool
        self.log = log
    }

    /// Passes it on, and tells what became of each job.
    ///
    /// - Parameters:
    ///   - holder: the process that had the name; "" for none.
    ///   - heir: the process that takes it; "" for none.
    ///   - taken: what the dead one took from a queue last.
    ///   - reason: why jobs are handed back.
    ///   - connection: to Redis.
    /// - Returns: nil when that is done, else who has the name.
    /// - Throws: when Redis cannot be asked.
    func pass(
        from holder: String, to heir: String, taken: TakenJob?, _ reason: HandBackReason,
        on connection: Connection
    ) throws -> NameHolder? {
        var place: String?
        repeat {
            let request = identity.inherit(
                from: holder, to: heir, at: .now(), taken: taken,
                requeue: reason.isRequeued(under: pool), reason: reason.text,
                failure: reason.failure(under: pool), blamesJob: reason.blamesJob,
                quarantineAfter: pool.quarantineAfter, goingOnAt: place)
            let reply = try connection.call(
                request.script, keys: request.keys, arguments: request.arguments,
                timeout: Self.timeout
            ) { reply -> Result<InheritanceReply, WireError> in
                do throws(WireError) { return .success(try InheritanceReply.read(reply)) } catch {
                    return .failure(error)
                }
            }.get()
            switch reply {
            case .taken(let process, let hostname, let pid):
                return NameHolder(process: process, hostname: hostname, pid: pid)
            case .inherited(let jobs, let next, let leavesWork):
                for job in jobs { tell(job, reason) }
                if leavesWork { try resume(on: connection) }
                place = next
            }
        } while place != nil
        return nil
    }

    private static let timeout = Duration.seconds(5)

    /// Goes on with what has been left, such as a job's dependents: a hosted worker does not.
    private func resume(on connection: Connection) throws {
        var goesOn = true
        while goesOn {
            let request = identity.resume(at: .now())
            goesOn = try connection.call(
                request.script, keys: request.keys, arguments: request.arguments,
                timeout: Self.timeout
            ) { UnfinishedWork.Step($0).goesOn }
        }
    }

    private func tell(_ job: InheritedJob, _ reason: HandBackReason) {
        let fields = JobFields(
            queue: job.queue.description, id: job.id.description, execution: "", function: nil,
            description: nil)
        switch job.fate {
        case .requeued: log.requeued(fields, reason: reason.text)
        case .failed:
            log.failed(
                fields, reason: reason.failure(under: pool), traceback: nil, seconds: nil)
        case .deleted:
            log.dropped(queue: fields.queue, jobID: fields.id, reason: "its hash is missing")
        case .canceled:
            log.dropped(queue: fields.queue, jobID: fields.id, reason: "it was canceled")
        case .finished, .stopped, .retried, .scheduled, .lost, .gone: break
        }
    }
}

/// Whoever has a worker's name.
struct NameHolder: Equatable {
    /// The process, as rqd's hashes have it; "" for a worker that is not rqd's.
    let process: String
    /// The machine of a worker that is not rqd's.
    let hostname: String
    /// The pid of a worker that is not rqd's.
    let pid: String

    /// For a sentence.
    var description: String { process.isEmpty ? "process \(pid) on \(hostname)" : process }
}
