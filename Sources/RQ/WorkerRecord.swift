import RedisKit

/// What came of a registration.
public enum BirthReply: Sendable, Equatable {
    /// Registered; the name still has to settle these executions.
    case born(unsettled: [ExecutionID])
    /// Another process holds the name; empty texts where it is not rqd's.
    ///
    /// `listeners` are the connections on the name's channel, ours among them; nil where the
    /// server does not say.
    case taken(process: String, hostname: String, pid: String, listeners: Int?)

    /// Reads the reply of `birth.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> BirthReply {
        switch reply.word(0) {
        case "born":
            return .born(unsettled: reply.dropFirst().map { ExecutionID(bytes: $0.bytes ?? []) })
        case "taken":
            return .taken(
                process: reply.word(1), hostname: reply.word(2), pid: reply.word(3),
                listeners: Int(reply.word(4)))
        default: throw reply.unexpected(from: Scripts.birth)
        }
    }
}

/// What came of a heartbeat.
public struct HeartbeatReply: Sendable, Equatable {
    /// What has become of the lease on the job.
    public enum Lease: Sendable, Equatable {
        /// It is renewed; or there was none to renew.
        case held
        /// Somebody has removed it.
        case removed
        /// Somebody has settled the claim, and another worker may run the job by now.
        case settled
    }

    /// Whether the worker's hash is still there.
    public let isRegistered: Bool
    /// The lease.
    public let lease: Lease
    /// Whether there is work for `WorkerIdentity.resume`.
    public let hasUnfinishedWork: Bool
    /// The server's clock.
    public let serverTime: Timestamp

    /// Reads the reply of `heartbeat.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public init(_ reply: ReplyView) throws(WireError) {
        guard reply.answerCount == 4, let lease = reply[1].integer else {
            throw reply.unexpected(from: Scripts.heartbeat)
        }
        isRegistered = reply[0].integer != 0
        self.lease = lease == 1 ? .held : lease == 0 ? .removed : .settled
        hasUnfinishedWork = reply[2].integer == 1
        serverTime = try Timestamp(epochText: reply[3].bytes ?? [], field: "server's time")
    }
}

extension WorkerIdentity {
    /// Registers, or registers again after a lost connection.
    ///
    /// - Parameters:
    ///   - birth: what the worker tells about itself.
    ///   - lifetime: of the worker hash while idle.
    ///   - takesOver: the process that held the name is known to be dead.
    /// - Returns: the call, to be sent.
    public func birth(_ birth: WorkerBirth, lifetime: Duration, takesOver: Bool) -> ScriptRequest {
        var rest: [Command.Argument] = [
            .integer(lifetime.wholeSeconds + 60), takesOver ? "1" : "0", .text(birth.holder),
            .integer(birth.queues.count),
        ]
        rest += birth.queues.map { .bytes($0.bytes) }
        rest += birth.fields.flat.map { .bytes($0) }
        return request(Scripts.birth, at: birth.birth, rest)
    }

    /// Renews the registration, and the lease on the job it runs.
    ///
    /// - Parameters:
    ///   - now: the moment.
    ///   - lifetime: of the worker hash while idle; while busy it is that of the lease.
    ///   - interval: until the next heartbeat.
    ///   - running: the execution, its job, the timeout in seconds and how long it has run.
    ///   - isStopping: whether it was asked to stop while it runs a job.
    /// - Returns: the call, to be sent; read with `HeartbeatReply`.
    public func heartbeat(
        at now: Timestamp, lifetime: Duration, interval: Duration,
        running: (execution: ExecutionID, job: JobID, timeoutSeconds: Int, ran: Duration)?,
        isStopping: Bool = false
    ) -> ScriptRequest {
        request(
            Scripts.heartbeat, execution: running?.execution, at: now,
            [
                .integer(lifetime.wholeSeconds + 60), .integer(running?.timeoutSeconds ?? 0),
                .integer(interval.wholeSeconds), .text((running?.ran ?? .zero).decimalSeconds),
                .bytes(running?.job.bytes ?? []), isStopping ? "1" : "",
            ])
    }

    /// Unregisters; with `holder`, only if that process still holds the name.
    ///
    /// The hash stays for a minute, with the moment in `death`.
    public func death(at now: Timestamp, holder: String?) -> ScriptRequest {
        request(Scripts.death, at: now, [.text(holder ?? "")])
    }
}

extension WorkerBirth {
    /// The process that holds the name, as the hash `rqd:workers` keeps it: host, then process.
    public var holder: String { "\(host ?? "") \(process ?? "")" }
}
