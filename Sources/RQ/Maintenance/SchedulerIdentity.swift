import RedisKit

/// A scheduler, as it speaks to Redis: its name is the token of its locks.
///
/// It shares the locks `scheduler-lock:<q>` and the hash `scheduler:<name>` with the schedulers of
/// `rq worker --with-scheduler`: of all that serve a queue, one has the lock and moves its jobs.
///
/// Source: RQ 3.0.0, `rq/scheduler.py`.
public struct SchedulerIdentity: Sendable, Hashable {
    /// The keys, with their prefix.
    public let keys: Keys
    /// The name: the pid, with a zero or more in front of it.
    ///
    /// RQ before 2.10 reads a pid from a lock; a later one reads a name, and the pid from the hash
    /// of that name. Python's `int` makes the pid of this name, so that each of them finds it.
    public let name: String

    /// How long locks and hash live without a sign of life.
    public static let lifetime = Duration.seconds(61)

    /// A scheduler of this name under these keys.
    public init(keys: Keys, name: String) {
        self.keys = keys
        self.name = name
    }

    /// A scheduler of this process under these keys; `beat` tells which name it gets.
    public init(keys: Keys, pid: Int32) { self.init(keys: keys, name: "0\(pid)") }

    /// Moves due jobs of a queue to it, if the queue's lock is free or this scheduler's own.
    ///
    /// - Parameters:
    ///   - queue: whose jobs.
    ///   - now: the sender's clock; what is due is decided by the server's.
    ///   - most: how many jobs at most.
    ///   - dead: the name of a scheduler that is known to be dead: its lock counts as free.
    /// - Returns: the call, to be sent; a tracking connection hears of changes afterwards.
    public func pass(
        over queue: QueueName, at now: Timestamp, most: Int = 100, replacing dead: String? = nil
    ) -> ScriptRequest {
        request(
            MaintenanceScripts.schedule, at: now,
            keys: [.bytes(keys.scheduled(queue)), .bytes(keys.schedulerLock(queue))],
            [
                .bytes(queue.bytes), .integer(most), .integer(Self.lifetime.wholeSeconds),
                .text(dead ?? ""),
            ])
    }

    /// Shows the scheduler to those who look.
    ///
    /// - Parameters:
    ///   - card: what it tells about itself.
    ///   - now: its sign of life.
    /// - Returns: the call, to be sent; read with `BeatReply`.
    public func beat(_ card: SchedulerCard, at now: Timestamp) -> ScriptRequest {
        let fields = card.fields(name: name, at: now)
        return request(
            MaintenanceScripts.beat, at: now,
            [.integer(Self.lifetime.wholeSeconds)] + fields.flat.map { .bytes($0) })
    }

    /// Releases the locks that are this scheduler's, those of these queues too, and removes its
    /// hash.
    public func release(_ queues: [QueueName], at now: Timestamp) -> ScriptRequest {
        var locks: [Command.Argument] = [
            .text("scheduler:\(name)"), .bytes(MaintenanceLock.groups.key),
            .bytes(MaintenanceLock.search.key), .bytes(MaintenanceLock.cron.key),
        ]
        for queue in queues {
            locks.append(.bytes(Array("scheduler-lock:".utf8) + queue.bytes))
            locks.append(.bytes(MaintenanceLock.registries(queue).key))
        }
        return request(MaintenanceScripts.release, at: now, locks)
    }

    /// A call with the common arguments in front.
    func request(
        _ script: Script, at now: Timestamp, keys scriptKeys: [Command.Argument] = [],
        _ rest: [Command.Argument]
    ) -> ScriptRequest {
        WorkerIdentity(keys: keys, name: WorkerName(name))
            .request(script, at: now, keys: scriptKeys, rest)
    }
}

/// What a scheduler tells about itself in its hash.
public struct SchedulerCard: Sendable, Equatable {
    /// The queues whose locks it has.
    public var queues: [QueueName]
    /// Its process.
    public let pid: Int32
    /// The machine's name.
    public let hostname: String
    /// When it began.
    public let createdAt: Timestamp
    /// Host, boot and pid namespace, as `rqd_host` of a worker.
    public let host: String
    /// Pid and start time, as `rqd_process` of a worker.
    public let process: String

    /// A card; no queues yet.
    public init(
        pid: Int32, hostname: String, createdAt: Timestamp, host: String, process: String
    ) {
        queues = []
        self.pid = pid
        self.hostname = hostname
        self.createdAt = createdAt
        self.host = host
        self.process = process
    }

    func fields(name: String, at now: Timestamp) -> FieldList {
        var fields = FieldList()
        fields.append("name", name)
        fields.append("hostname", hostname)
        fields.append("pid", String(pid))
        let names = queues.map(\.bytes)
        fields.append("queues", Array(names.joined(separator: Array(",".utf8))))
        fields.append("created_at", createdAt.utcISO)
        fields.append("last_heartbeat", now.utcISO)
        fields.append("rqd_host", host)
        fields.append("rqd_process", process)
        return fields
    }
}

/// What a scheduler hears when it shows itself.
public struct BeatReply: Sendable, Equatable {
    /// Its name: another one than it had if that is somebody else's.
    public let name: String
    /// The server's clock.
    public let serverTime: Timestamp

    /// Reads the reply of `beat.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> BeatReply {
        guard reply.answerCount == 2, let name = reply[0].text else {
            throw reply.unexpected(from: MaintenanceScripts.beat)
        }
        let time = try Timestamp(epochText: reply[1].bytes ?? [], field: "server's time")
        return BeatReply(name: name, serverTime: time)
    }
}

/// What a pass over a queue brought.
public enum PassReply: Sendable, Equatable {
    /// The lock is this scheduler's; these jobs were moved.
    case mine(SchedulerPass)
    /// Another scheduler serves the queue.
    ///
    /// `process` is what stands behind it if it is an rqd (host, then process), else empty;
    /// `expiry` is when its lock ends unless it is renewed, nil for never.
    case held(by: String, process: String, expiry: Duration?)

    /// Reads the reply of `schedule.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> PassReply {
        switch reply.word(0) {
        case "mine" where reply.answerCount >= 4:
            let wait = Double(reply.word(2)).flatMap { seconds in
                seconds.magnitude < 1e11 ? Duration.microseconds(Int(seconds * 1e6)) : nil
            }
            return .mine(
                SchedulerPass(
                    isNew: reply[1].integer == 1, wait: wait, dropped: reply[3].integer ?? 0,
                    moved: reply.prefix(reply.answerCount).dropFirst(4).map {
                        JobID(bytes: $0.bytes ?? [])
                    }))
        case "held" where reply.answerCount == 4:
            let milliseconds = reply[3].integer ?? -1
            return .held(
                by: reply.word(1), process: reply.word(2),
                expiry: milliseconds < 0 ? nil : .milliseconds(milliseconds))
        default: throw reply.unexpected(from: MaintenanceScripts.schedule)
        }
    }
}

/// A pass over a queue whose lock this scheduler has.
public struct SchedulerPass: Sendable, Equatable {
    /// Whether the lock was not this scheduler's before.
    public let isNew: Bool
    /// After how long the next job is due, by the server's clock; nil when none is scheduled.
    public let wait: Duration?
    /// How many entries had no job that could be queued: deleted or canceled.
    public let dropped: Int
    /// The jobs that were moved.
    public let moved: [JobID]

    /// A pass.
    public init(isNew: Bool, wait: Duration?, dropped: Int, moved: [JobID]) {
        self.isNew = isNew
        self.wait = wait
        self.dropped = dropped
        self.moved = moved
    }
}
