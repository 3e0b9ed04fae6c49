import RedisKit

/// What a worker tells about itself when it registers.
public struct WorkerBirth: Sendable, Equatable {
    /// When it registered.
    public let birth: Timestamp
    /// The queues it serves, by priority.
    public let queues: [QueueName]
    /// Its process.
    public let pid: Int32
    /// Its machine.
    public let hostname: String
    /// Its address as Redis sees it, `host:port`, or "unknown".
    public let address: String
    /// The version of the application's rq.
    public let rqVersion: String
    /// `sys.version` of the application's interpreter.
    public let pythonVersion: String
    /// Which process holds the name, on which boot of which machine.
    public let process: String

    /// All of it.
    public init(
        birth: Timestamp, queues: [QueueName], pid: Int32, hostname: String, address: String,
        rqVersion: String, pythonVersion: String, process: String
    ) {
        self.birth = birth
        self.queues = queues
        self.pid = pid
        self.hostname = hostname
        self.address = address
        self.rqVersion = rqVersion
        self.pythonVersion = pythonVersion
        self.process = process
    }
}

/// What came of a registration.
public enum BirthReply: Sendable, Equatable {
    /// Registered; the name still has to settle these executions.
    case born(unsettled: [ExecutionID])
    /// Another process holds the name; empty texts where it is not rqd's.
    case taken(process: String, hostname: String, pid: String)

    /// Reads the reply of `birth.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> BirthReply {
        switch reply.word(0) {
        case "born":
            return .born(unsettled: reply.dropFirst().map { ExecutionID(bytes: $0.bytes ?? []) })
        case "taken":
            return .taken(process: reply.word(1), hostname: reply.word(2), pid: reply.word(3))
        default: throw reply.unexpected(from: Scripts.birth)
        }
    }
}

extension WorkerIdentity {
    /// Registers, or registers again after a lost connection.
    ///
    /// - Parameters:
    ///   - lifetime: of the worker hash while idle.
    ///   - takesOver: the process that held the name is known to be dead.
    public func birth(_ birth: WorkerBirth, lifetime: Duration, takesOver: Bool) -> ScriptRequest {
        var rest: [Command.Argument] = [
            .integer(lifetime.wholeSeconds + 60), takesOver ? "1" : "0", .text(birth.process),
            .integer(birth.queues.count),
        ]
        rest += birth.queues.map { .bytes($0.bytes) }
        let queues = birth.queues.map(\.bytes).joined(separator: [UInt8(ascii: ",")])
        rest += [
            "birth", .bytes(birth.birth.utcISO), "last_heartbeat", .bytes(Timestamp.now().utcISO),
            "queues", .bytes(Array(queues)), "pid", .integer(Int(birth.pid)),
            "hostname", .text(birth.hostname), "ip_address", .text(birth.address),
            "version", .text(birth.rqVersion), "python_version", .text(birth.pythonVersion),
        ]
        return request(Scripts.birth, at: .now(), rest)
    }

    /// Renews the registration, and the lease on the job it runs.
    ///
    /// - Parameters:
    ///   - running: the execution, the job's timeout in seconds and how long it has run.
    ///   - lifetime: of the worker hash.
    ///   - interval: until the next heartbeat.
    public func heartbeat(
        at now: Timestamp, lifetime: Duration, interval: Duration,
        running: (execution: ExecutionID, timeoutSeconds: Int, ran: Duration)?
    ) -> ScriptRequest {
        request(
            Scripts.heartbeat, execution: running?.execution, at: now,
            [
                .integer(lifetime.wholeSeconds + 60), .integer(running?.timeoutSeconds ?? 0),
                .integer(interval.wholeSeconds), .text((running?.ran ?? .zero).decimalSeconds),
            ])
    }

    /// Unregisters. With `process`, only if that process still holds the name.
    public func death(at now: Timestamp, process: String?) -> ScriptRequest {
        request(Scripts.death, at: now, [.text(process ?? "")])
    }
}
