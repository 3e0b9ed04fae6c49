import RedisKit

/// A lock of RQ's around one part of maintenance.
public enum MaintenanceLock: Sendable, Hashable {
    /// The registries of a queue; lives 899 s unless it is released.
    case registries(QueueName)
    /// All groups; kept until it expires, so that they are looked after once in an interval.
    case groups
    /// rqd's own: the search for lost jobs; kept likewise.
    case search
    /// rqd's own: who queues the entries of `[cron]`; renewed while it leads.
    case cron

    /// The key without the prefix.
    var key: [UInt8] {
        switch self {
        case .registries(let queue): Array("clean_registries:".utf8) + queue.bytes
        case .groups: Array("clean_groups".utf8)
        case .search: Array("rqd:search".utf8)
        case .cron: Array("rqd:cron".utf8)
        }
    }
}

/// A job that says it is queued, and where and since when.
public struct QueuedJob: Sendable, Hashable {
    /// The job.
    public let id: JobID
    /// Its queue.
    public let queue: QueueName
    /// Its field `enqueued_at`, as it is; may be empty.
    public let since: [UInt8]

    /// A job, its queue and its `enqueued_at`.
    public init(id: JobID, queue: QueueName, since: [UInt8]) {
        self.id = id
        self.queue = queue
        self.since = since
    }
}

/// What maintenance did with one job.
public struct SettledJob: Sendable, Equatable {
    /// What became of it.
    public enum Fate: String, Sendable {
        /// No retries were left.
        case failed
        /// Back in its queue, as a retry.
        case retried
        /// To be retried after a pause.
        case scheduled
        /// Back at the front of its queue: it had never started.
        case requeued
        /// There is no such job any more; only a trace of it was removed.
        case missing
        /// The job has gone elsewhere; only a trace of it was removed.
        case stale
    }

    /// The job.
    public let id: JobID
    /// What became of it.
    public let fate: Fate

    /// A job and its fate.
    public init(id: JobID, fate: Fate) {
        self.id = id
        self.fate = fate
    }

    static func list(_ reply: some Collection<ReplyView>) -> [SettledJob] {
        let words = Array(reply)
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { index in
            guard let fate = Fate(rawValue: words[index + 1].text ?? "") else { return nil }
            return SettledJob(id: JobID(bytes: words[index].bytes ?? []), fate: fate)
        }
    }
}

/// Maintenance of what a worker's death leaves behind, step by step.
///
/// Each step is one bounded script. Those that may leave some of the work return where to go on.
extension SchedulerIdentity {
    /// How many entries one step looks at.
    public static let batch = 100

    /// Takes or renews a lock; the reply is read with `isDone`.
    public func take(
        _ lock: MaintenanceLock, for span: Duration, replacing dead: String?, at now: Timestamp
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.lock, at: now,
            [.bytes(lock.key), .integer(span.wholeSeconds), .text(dead ?? "")])
    }

    /// Releases a lock that is this scheduler's.
    public func release(_ lock: MaintenanceLock, at now: Timestamp) -> ScriptRequest {
        request(MaintenanceScripts.release, at: now, [.bytes(lock.key)])
    }

    /// Removes expired entries from the finished and failed registries; read with `readCount`.
    public func expire(_ queue: QueueName, at now: Timestamp) -> ScriptRequest {
        request(MaintenanceScripts.expired, at: now, [.bytes(queue.bytes), .integer(Self.batch)])
    }

    /// Settles runs whose lease has been over for 10 s and that are not rqd's; read with
    /// `readAbandoned`.
    ///
    /// - Parameters:
    ///   - queue: where they run.
    ///   - passing: how many entries to pass over: those that an earlier call left alone.
    ///   - now: the moment.
    /// - Returns: the call, to be sent.
    public func settleAbandoned(
        _ queue: QueueName, passing: Int, at now: Timestamp
    ) -> ScriptRequest {
        let text =
            "Moved to FailedJobRegistry, due to AbandonedJobError, at \(now.pythonText)"
        let entry = ResultEntry(type: .failed, exceptionText: text)
        return request(
            MaintenanceScripts.abandoned, at: now,
            [
                .bytes(queue.bytes), .integer(Self.batch), .integer(passing), .integer(10),
            ] + entry.fields.flat.map { .bytes($0) })
    }

    /// Reads the reply to `settleAbandoned`.
    ///
    /// - Returns: nil while another cleaner works; else the settled jobs, how many entries were
    ///   left alone, and whether there may be more.
    public static func readAbandoned(
        _ reply: ReplyView
    ) -> (settled: [SettledJob], left: Int, more: Bool)? {
        guard reply.word(0) == "done", reply.count >= 3 else { return nil }
        return (
            SettledJob.list(reply.dropFirst(3)), reply[1].integer ?? 0, reply[2].integer == 1
        )
    }

    /// Puts back jobs that have lain in the intermediate list for long; read with `readSettled`.
    public func unstick(_ ids: [JobID], in queue: QueueName, at now: Timestamp) -> ScriptRequest {
        request(
            MaintenanceScripts.unstick, at: now,
            [.bytes(queue.bytes)] + ids.map { .bytes($0.bytes) })
    }

    /// Reads the reply to `unstick`.
    public static func readSettled(_ reply: ReplyView) -> [SettledJob] {
        SettledJob.list(reply)
    }

    /// Queues jobs that are ready and were not queued; read with `readCount`.
    public func queueReady(_ queue: QueueName, at now: Timestamp) -> ScriptRequest {
        request(MaintenanceScripts.ready, at: now, [.bytes(queue.bytes), .integer(Self.batch)])
    }

    /// Reads a count, and whether there may be more.
    public static func readCount(_ reply: ReplyView) -> (count: Int, more: Bool) {
        guard reply.answerCount == 2 else { return (0, false) }
        return (reply[0].integer ?? 0, reply[1].integer == 1)
    }

    /// Queues deferred jobs whose parents have ended; read with `readDeferred`.
    public func queueDeferred(
        _ queue: QueueName, from place: Int, at now: Timestamp
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.deferred, at: now,
            [.bytes(queue.bytes), .integer(place), .integer(Self.batch)])
    }

    /// Reads a count, and the place to go on from: nil at the end; `isMidway` in the midst of a job
    /// with many parents, which is to be gone on with soon.
    public static func readDeferred(
        _ reply: ReplyView
    ) -> (count: Int, next: Int?, isMidway: Bool) {
        guard reply.answerCount == 3, let next = reply[1].integer else { return (0, nil, false) }
        return (reply[0].integer ?? 0, next < 0 ? nil : next, reply[2].integer == 1)
    }

    /// Removes workers whose hash is gone from the set of a queue, or of all; read with `readPage`.
    public func sweepWorkers(
        of queue: QueueName?, from cursor: [UInt8], at now: Timestamp
    ) -> ScriptRequest {
        let set = queue.map { Array("workers:".utf8) + $0.bytes } ?? Array("workers".utf8)
        return request(
            MaintenanceScripts.workers, at: now,
            [.bytes(set), .bytes(cursor), .integer(Self.batch)])
    }

    /// Removes jobs that are gone from a group; read with `readPage`.
    public func sweepGroup(
        _ group: [UInt8], from cursor: [UInt8], at now: Timestamp
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.group, at: now,
            [.bytes(group), .bytes(cursor), .integer(Self.batch)])
    }

    /// Reads a cursor, nil at the end, and a count.
    public static func readPage(_ reply: ReplyView) -> (next: [UInt8]?, count: Int) {
        guard reply.answerCount == 2 else { return (nil, 0) }
        return (cursor(reply[0]), reply[1].integer ?? 0)
    }

    /// Takes slots of a rate limit back from jobs that have ended; read with `readPlace`.
    ///
    /// - Parameters:
    ///   - limit: its key.
    ///   - place: how many slots to pass over: those that an earlier call left alone.
    ///   - now: the moment.
    /// - Returns: the call, to be sent.
    public func sweepLimit(
        _ limit: [UInt8], from place: Int, at now: Timestamp
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.limit, at: now,
            [.bytes(limit), .integer(Self.batch), .integer(place)])
    }

    /// Reads a count, and the place to go on from: nil at the end.
    public static func readPlace(_ reply: ReplyView) -> (count: Int, next: Int?) {
        guard reply.answerCount == 2, let next = reply[1].integer else { return (0, nil) }
        return (reply[0].integer ?? 0, next < 0 ? nil : next)
    }

    /// Looks at some keys for jobs that say they are queued; read with `readSearch`.
    ///
    /// - Parameters:
    ///   - cursor: where to go on; "0" at the beginning.
    ///   - before: jobs queued since are left out.
    ///   - now: the moment.
    /// - Returns: the call, to be sent.
    public func search(
        from cursor: [UInt8], before: Timestamp, at now: Timestamp
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.scan, at: now,
            [.bytes(cursor), .integer(Self.batch * 2), .bytes(before.utcISO)])
    }

    /// Reads a cursor, nil at the end, and the jobs that were found.
    public static func readSearch(_ reply: ReplyView) -> (next: [UInt8]?, jobs: [QueuedJob]) {
        guard reply.answerCount >= 1 else { return (nil, []) }
        let jobs = stride(from: 1, to: reply.count - 2, by: 3).map { index in
            QueuedJob(
                id: JobID(bytes: reply[index].bytes ?? []),
                queue: QueueName(bytes: reply[index + 1].bytes ?? []),
                since: reply[index + 2].bytes ?? [])
        }
        return (cursor(reply[0]), jobs)
    }

    /// Looks whether jobs are lost, and puts them back if told to; read with `readIDs`.
    public func find(_ jobs: [QueuedJob], putBack: Bool, at now: Timestamp) -> ScriptRequest {
        var rest: [Command.Argument] = [putBack ? "1" : "0", .integer(Self.longestQueues)]
        for job in jobs {
            rest += [.bytes(job.id.bytes), .bytes(job.queue.bytes), .bytes(job.since)]
        }
        return request(MaintenanceScripts.putback, at: now, rest)
    }

    /// Removes what producers have saved of jobs that had ended and were deleted; read with
    /// `readPlace`.
    ///
    /// - Parameters:
    ///   - since: jobs that had ended before are not looked at.
    ///   - place: how many of them to pass over.
    ///   - now: the moment.
    /// - Returns: the call, to be sent.
    public func removeLateSaves(
        endedSince since: Timestamp, from place: Int, at now: Timestamp
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.lateSaves, at: now,
            [.integer(since.epochSeconds), .integer(place), .integer(Self.batch)])
    }

    /// How many ids the queues may hold for lost jobs to be looked for.
    ///
    /// Looking an id up costs time in proportion; what is lost is found when there is less to do.
    public static let longestQueues = 20_000

    /// Reads a list of ids.
    public static func readIDs(_ reply: ReplyView) -> [JobID] {
        reply.prefix(reply.answerCount).map { JobID(bytes: $0.bytes ?? []) }
    }

    private static func cursor(_ word: ReplyView) -> [UInt8]? {
        let bytes = word.bytes ?? []
        return bytes.isEmpty || bytes == Array("0".utf8) ? nil : bytes
    }
}

extension WorkerIdentity {
    /// Asks which queue an execution of this worker was claimed from; the reply is its name, empty
    /// where the claim is settled.
    public func queue(of execution: ExecutionID, at now: Timestamp) -> ScriptRequest {
        request(MaintenanceScripts.claimed, execution: execution, at: now, [])
    }

    /// Hands back a run of this worker if its lease is over: `handBack` with that condition.
    ///
    /// - Parameters:
    ///   - execution: the run.
    ///   - span: for how long its lease must be over, whole seconds.
    ///   - now: as of `handBack`, like the next ones.
    ///   - requeue: whether the job goes back to its queue, else it fails.
    ///   - reason: why.
    ///   - quarantineAfter: how many deaths fail it.
    /// - Returns: the call, to be sent; read with `Fate.readReclaimed`.
    public func reclaim(
        _ execution: ExecutionID, overFor span: Duration = .seconds(10), at now: Timestamp,
        requeue: Bool, reason: String, quarantineAfter: Int
    ) -> ScriptRequest {
        let same = handBack(
            execution, at: now, requeue: requeue, reason: reason, blamesJob: true,
            quarantineAfter: quarantineAfter)
        return ScriptRequest(
            script: MaintenanceScripts.reclaim, keys: same.keys,
            arguments: same.arguments + [.integer(span.wholeSeconds)])
    }
}

extension Fate {
    /// Reads the reply to `WorkerIdentity.reclaim`.
    ///
    /// - Returns: nil if the lease is not over.
    /// - Throws: `WireError` if the reply has another shape.
    public static func readReclaimed(
        _ reply: ReplyView
    ) throws(WireError) -> (Fate, QueueName, JobID)? {
        reply.word(0) == "alive" ? nil : try read(reply)
    }
}

extension Timestamp {
    /// As Python prints a moment in UTC: `2026-11-23 08:46:39.836231+00:00`.
    ///
    /// Python leaves out a fraction that is zero.
    var pythonText: String {
        var text = String(decoding: utcISO.dropLast(), as: UTF8.self)
        if text.hasSuffix(".000000") { text.removeLast(7) }
        return text.split(separator: "T").joined(separator: " ") + "+00:00"
    }
}
