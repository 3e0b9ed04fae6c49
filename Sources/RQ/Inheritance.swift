import RedisKit

/// The id that a worker of RQ's own took from a queue last, in case its run never began.
public struct TakenJob: Sendable, Hashable {
    /// The queue it was taken from.
    public let queue: QueueName
    /// Its id, which may be of any bytes.
    public let id: JobID
    /// When it was taken.
    public let at: Timestamp

    /// An id that was taken.
    public init(queue: QueueName, id: JobID, at: Timestamp) {
        self.queue = queue
        self.id = id
        self.at = at
    }
}

/// What became of a job that a dead worker of RQ's own left behind.
public struct InheritedJob: Sendable, Equatable {
    /// `requeued`, `failed`, `canceled` or `deleted`.
    public let fate: Fate
    /// The queue it came from.
    public let queue: QueueName
    /// Its id.
    public let id: JobID
}

/// What came of taking over a name.
public enum InheritanceReply: Sendable, Equatable {
    /// These jobs had been left behind. Nobody has the name now but the heir, unless there is more
    /// to do: then the same call goes on at `next`.
    ///
    /// With `leavesWork` a job's dependents are left to `WorkerIdentity.resume`.
    case inherited([InheritedJob], next: String?, leavesWork: Bool)
    /// Another process has the name; empty texts where it is not rqd's.
    case taken(process: String, hostname: String, pid: String)

    /// Reads the reply of `inherit.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> InheritanceReply {
        switch reply.word(0) {
        case "taken":
            return .taken(process: reply.word(1), hostname: reply.word(2), pid: reply.word(3))
        case "inherited" where reply.count >= 3: break
        default: throw reply.unexpected(from: Scripts.inherit)
        }
        var jobs: [InheritedJob] = []
        for place in stride(from: 3, to: reply.count - 3, by: 4) {
            let fate: Fate
            switch reply.word(place) {
            case "requeued": fate = .requeued(deaths: Int(reply.word(place + 3)) ?? 0)
            case "failed": fate = .failed
            case "canceled": fate = .canceled
            case "deleted": fate = .deleted
            default: throw reply.unexpected(from: Scripts.inherit)
            }
            jobs.append(
                InheritedJob(
                    fate: fate, queue: QueueName(bytes: reply[place + 1].bytes ?? []),
                    id: JobID(bytes: reply[place + 2].bytes ?? [])))
        }
        let next = reply.word(1)
        return .inherited(
            jobs, next: next.isEmpty ? nil : next, leavesWork: reply[2].integer == 1)
    }
}

extension WorkerIdentity {
    /// Takes over the name of a dead worker of RQ's own, with what it left of jobs.
    ///
    /// - Parameters:
    ///   - holder: the process that had the name, which is known to be dead; "" for none.
    ///   - heir: the process that takes it; "" if nobody does.
    ///   - now: the moment.
    ///   - taken: the id that the dead one took from a queue last, if that is known.
    ///   - requeue: to the front of the queues; else the jobs fail.
    ///   - reason: kept with the jobs.
    ///   - failure: the whole text for the result of one that fails.
    ///   - blamesJob: counts against the jobs: with `quarantineAfter` such deaths one fails.
    ///   - quarantineAfter: 1 or more.
    ///   - place: where an earlier call said that this one is to go on; nil for the first.
    /// - Returns: the call, to be sent.
    public func inherit(
        from holder: String, to heir: String, at now: Timestamp, taken: TakenJob?, requeue: Bool,
        reason: String, failure: String, blamesJob: Bool, quarantineAfter: Int,
        goingOnAt place: String? = nil
    ) -> ScriptRequest {
        let entry = ResultEntry(
            type: .failed, workerName: name, exceptionText: failure, endedAt: now)
        let rest: [Command.Argument] = [
            .text(holder), .text(heir), requeue ? "requeue" : "fail", .text(reason),
            .integer(blamesJob ? 1 : 0), .integer(quarantineAfter),
            .bytes(taken?.queue.bytes ?? []), .bytes(taken?.id.bytes ?? []),
            .bytes(taken?.at.utcISO ?? []), .text(place ?? ""),
        ]
        return request(Scripts.inherit, at: now, rest + entry.fields.flat.map { .bytes($0) })
    }
}
