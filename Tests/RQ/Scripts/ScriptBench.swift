import RQ
import RedisKit
import TestSupport

/// A private server with one registered worker, for tests of the scripts.
struct ScriptBench {
    let server: RedisServer
    let redis: Connection
    let worker: WorkerIdentity
    let clock = Timestamp(epochSeconds: 1_800_000_000)
    /// Whether scripts go by the server's clock; else by the bench's, so that a test can choose it.
    var usesServerTime = false

    init(worker name: WorkerName = "w1") throws {
        server = try RedisServer()
        redis = try server.connect()
        worker = WorkerIdentity(keys: Keys(), name: name)
    }

    /// The same script where TIME is not permitted, so that a test says what time it is.
    static func atSendersTime(_ script: Script) -> Script {
        replacingTime(in: script, with: "{err = 'the test says what time it is'}")
    }

    /// The same script where TIME is this: seconds, microseconds.
    static func atTime(_ script: Script, _ time: [String]) -> Script {
        replacingTime(in: script, with: "{'\(time[0])', '\(time[1])'}")
    }

    private static func replacingTime(in script: Script, with time: String) -> Script {
        let source = String(decoding: script.source, as: UTF8.self)
            .replacing("redis.pcall('TIME')", with: time)
        return Script(name: script.name, source: Array(source.utf8))
    }

    /// A bench whose worker has registered for these queues.
    static func registered(_ queues: [QueueName] = ["high", "default"]) throws -> ScriptBench {
        let bench = try ScriptBench()
        _ = try bench.bear(queues: queues)
        return bench
    }

    func bear(
        queues: [QueueName], process: String = "1:1", takesOver: Bool = false,
        registration: String = "r1"
    ) throws -> BirthReply {
        let birth = WorkerBirth(
            birth: clock, queues: queues, pid: 4711, hostname: "vm", ipAddress: "unknown",
            version: "3.0.0", pythonVersion: "3.11", host: "m/b/1", process: process,
            registration: registration)
        return try read(
            worker.birth(birth, lifetime: .seconds(420), takesOver: takesOver), BirthReply.read)
    }

    /// Puts a job on a queue as rq does.
    func enqueue(_ id: String, on queue: String = "default", _ fields: [String: String] = [:])
        throws
    {
        var hash = [
            "data": "x", "status": "queued", "origin": queue, "timeout": "180",
            "description": "f()", "created_at": "2026-11-23T08:46:55.792975Z",
        ]
        hash.merge(fields) { $1 }
        var command = Command("HSET", .text("rq:job:\(id)"))
        for (name, value) in hash { command.append(contentsOf: [.text(name), .text(value)]) }
        try redis.call(command)
        try redis.call(Command("RPUSH", .text("rq:queue:\(queue)"), .text(id)))
    }

    /// Claims from the queues, at the bench's clock.
    func claim(
        _ execution: ExecutionID = "e1", under registration: String = "r1",
        from queues: [QueueName] = ["high", "default"], for release: RQRelease = .reference
    ) throws -> (ClaimReply, [DroppedJob]) {
        try read(
            worker.claim(
                execution, under: registration, from: queues, at: clock, heartbeat: .seconds(30),
                for: release)
        ) { (reply) throws(WireError) in try ClaimReply.read(reply, execution: execution) }
    }

    /// Records an outcome; two and a half seconds of work.
    func settle(
        _ kind: Outcome.Kind, execution: ExecutionID = "e1", changed: FieldList = FieldList(),
        resultTTL: Int = 500
    ) throws -> Fate {
        let ended = Timestamp(microseconds: clock.microseconds + 2_500_000)
        let outcome = Outcome(kind: kind, started: clock, ended: ended, changed: changed)
        return try read(
            worker.settle(
                execution, outcome, claimed: clock, resultTTL: resultTTL, workerTTL: .seconds(420)),
            Fate.read
        ).0
    }

    func handBack(
        _ execution: ExecutionID = "e1", requeue: Bool = true, blamesJob: Bool = true,
        holder: String? = nil
    ) throws -> Fate {
        try read(
            worker.handBack(
                execution, at: clock, requeue: requeue, reason: "its worker died",
                blamesJob: blamesJob, quarantineAfter: 3, holder: holder), Fate.read
        ).0
    }

    /// Unregisters the worker.
    func die(holder: String = "m/b/1 1:1") throws -> Int? {
        try read(worker.death(at: clock, holder: holder)) { $0.integer }
    }

    func beat(
        _ execution: ExecutionID?, at now: Timestamp, isStopping: Bool = false
    ) throws -> [Int] {
        let running = execution.map {
            (execution: $0, job: JobID("a"), timeoutSeconds: 180, ran: Duration.seconds(30))
        }
        let request = worker.heartbeat(
            at: now, lifetime: .seconds(30), interval: .seconds(30), running: running,
            isStopping: isStopping)
        return try read(request) { reply in reply.prefix(2).map { $0.integer ?? -1 } }
    }

    /// One command's reply as text: lists joined by blanks, nothing as "".
    func ask(_ words: String...) throws -> String {
        var command = Command(words[0])
        for word in words.dropFirst() { command.append(.text(word)) }
        return Self.text(try redis.call(command))
    }

    /// Every key there is, sorted.
    func keys() throws -> [String] {
        try ask("KEYS", "*").split(separator: " ").map(String.init).sorted()
    }

    func read<R, E: Error>(
        _ request: ScriptRequest, _ take: (ReplyView) throws(E) -> R
    ) throws -> R {
        try redis.call(
            usesServerTime ? request.script : Self.atSendersTime(request.script),
            keys: request.keys, arguments: request.arguments, timeout: .seconds(5)
        ) { reply -> Result<R, E> in
            do throws(E) { return .success(try take(reply)) } catch { return .failure(error) }
        }.get()
    }

    private static func text(_ value: ReplyValue) -> String {
        switch value {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer(let number): String(number)
        case .array(let list): list.map(text).joined(separator: " ")
        case .null: ""
        case .error(let error): error.message
        }
    }
}
