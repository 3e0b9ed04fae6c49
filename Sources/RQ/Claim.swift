import RedisKit

/// A job that a worker has taken, with all its fields.
public struct ClaimedJob: Sendable, Equatable {
    /// The queue whose registries know the job: its `origin`.
    public let queue: QueueName
    /// The job's id.
    public let id: JobID
    /// The execution under which it was claimed.
    public let execution: ExecutionID
    /// The job hash after the claim: status `started`.
    public let fields: FieldList

    /// A job in hand.
    public init(queue: QueueName, id: JobID, execution: ExecutionID, fields: FieldList) {
        self.queue = queue
        self.id = id
        self.execution = execution
        self.fields = fields
    }
}

/// An id that was in a queue but cannot run; it is in no queue any more.
public struct DroppedJob: Sendable, Equatable {
    /// Why a claim passed over an id.
    public enum Reason: String, Sendable {
        /// There is no job hash, or none with `data`: it expired or was deleted.
        case missing
        /// The key is not a hash.
        case notAHash = "not a hash"
        /// Somebody canceled it after it was queued.
        case canceled
        /// The id was queued again while it runs; it will run again when that has ended.
        case running
    }

    /// The queue it lay in.
    public let queue: QueueName
    /// The id.
    public let id: JobID
    /// Why it cannot run.
    public let reason: Reason
}

/// What a claim brought.
public enum ClaimReply: Sendable, Equatable {
    /// A job, owned from now on.
    case job(ClaimedJob)
    /// Every queue is empty.
    case empty
    /// Many ids were passed over and there may be more: claim again.
    case again
    /// `rq suspend` is in force.
    case suspended
    /// The worker's hash is gone, or another registration's: register, then claim again.
    case unregistered
}

extension WorkerIdentity {
    /// Takes the first runnable job of the queues, in their order.
    ///
    /// - Parameters:
    ///   - execution: 32 hexadecimal digits, new for each job; the same again after a lost reply.
    ///   - registration: the worker's last one; under an older one nothing is claimed.
    ///   - queues: in order of priority.
    ///   - now: the claim's moment.
    ///   - heartbeat: how often the lease will be renewed.
    ///   - release: whose readers are to see it run.
    /// - Returns: the call, to be sent.
    public func claim(
        _ execution: ExecutionID, under registration: String, from queues: [QueueName],
        at now: Timestamp, heartbeat: Duration, for release: RQRelease = .reference
    ) -> ScriptRequest {
        request(
            Scripts.claim, execution: execution, at: now,
            keys: queues.map { .bytes(keys.queue($0)) } + [.bytes(keys.suspended)],
            [
                .integer(heartbeat.wholeSeconds), .text(registration),
                release.listsBareIDs ? "1" : "", .text(release.refusedInIDs),
            ] + queues.map { .bytes($0.bytes) })
    }
}

extension ClaimReply {
    /// Reads the reply of `claim.lua`.
    ///
    /// - Parameters:
    ///   - reply: as it came.
    ///   - execution: under which the claim was sent.
    /// - Returns: what was claimed, and the ids that were passed over.
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(
        _ reply: ReplyView, execution: ExecutionID
    ) throws(WireError) -> (ClaimReply, [DroppedJob]) {
        switch reply.word(0) {
        case "job" where reply.answerCount == 5:
            let job = ClaimedJob(
                queue: QueueName(bytes: reply[1].bytes ?? []),
                id: JobID(bytes: reply[2].bytes ?? []), execution: execution,
                fields: try FieldList(flat: reply[3].map { $0.bytes ?? [] }))
            return (.job(job), dropped(reply[4]))
        case "empty" where reply.answerCount == 2: return (.empty, dropped(reply[1]))
        case "again" where reply.answerCount == 2: return (.again, dropped(reply[1]))
        case "suspended": return (.suspended, [])
        case "unregistered": return (.unregistered, [])
        default: throw reply.unexpected(from: Scripts.claim)
        }
    }

    private static func dropped(_ list: ReplyView) -> [DroppedJob] {
        stride(from: 0, to: list.count - 2, by: 3).map { index in
            DroppedJob(
                queue: QueueName(bytes: list[index].bytes ?? []),
                id: JobID(bytes: list[index + 1].bytes ?? []),
                reason: DroppedJob.Reason(rawValue: list[index + 2].text ?? "") ?? .missing)
        }
    }
}

extension ReplyView {
    /// The text at an index, or "".
    func word(_ index: Int) -> String {
        index < count ? self[index].text ?? "" : ""
    }

    /// The error for a reply whose shape is not the script's.
    func unexpected(from script: Script) -> WireError {
        WireError(
            field: "reply of \(script.name).lua", expected: "one of its documented shapes",
            found: Array("\(value)".utf8.prefix(200)))
    }
}

extension Duration {
    /// Whole seconds, at least 1: what Redis takes for a lifetime.
    var wholeSeconds: Int {
        max(1, Int(components.seconds))
    }
}
