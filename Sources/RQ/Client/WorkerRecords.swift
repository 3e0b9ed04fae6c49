import RedisKit

/// A worker that is registered, of RQ or of rqd, as it was when it was read.
///
/// `hash` has everything it tells about itself; the rest is what readers ask for most.
public struct WorkerRecord: Hashable, Sendable {
    /// Its name.
    public let name: WorkerName
    /// What its hash said.
    public let hash: WorkerHash
    /// What it was running, as RQ 3 and rqd keep it.
    public let executions: [CompositeMember]

    /// All workers that live, by name.
    ///
    /// - Parameters:
    ///   - client: where they are.
    ///   - queue: only those that listen on it; nil for all.
    /// - Returns: the workers.
    /// - Throws: `redis`.
    public static func all(
        on client: Client, queue: QueueName? = nil
    ) throws(ClientError) -> [WorkerRecord] {
        try read(try names(client, queue), client)
    }

    /// How many workers live.
    ///
    /// - Parameters:
    ///   - client: where they are.
    ///   - queue: only those that listen on it; nil for all.
    /// - Returns: how many.
    /// - Throws: `redis`.
    public static func count(
        on client: Client, queue: QueueName? = nil
    ) throws(ClientError) -> Int {
        let names = try names(client, queue)
        guard !names.isEmpty else { return 0 }
        let commands = names.map { Command("EXISTS", .bytes(client.keys.worker($0))) }
        return try client.pipeline(commands).reduce(0) { $0 + ($1.integer ?? 0) }
    }

    /// One worker, or nil if no such worker lives.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - client: where it is.
    /// - Returns: the worker.
    /// - Throws: `redis`.
    public static func find(
        _ name: WorkerName, on client: Client
    ) throws(ClientError) -> WorkerRecord? {
        try read([name], client).first
    }

    /// The name of its host.
    public var hostname: String? { hash.hostname }

    /// Its process id on its host; nil if it does not tell one.
    public var pid: Int? { try? hash.pid }

    /// From where it is connected to Redis: host and port, or the path of a socket.
    public var ipAddress: String? { hash.ipAddress }

    /// The release of rq that it is, or that its jobs run with.
    public var version: String? { hash.version }

    /// The Python that its jobs run with.
    public var pythonVersion: String? { hash.pythonVersion }

    /// The queues it listens on, in order of priority.
    public var queues: [QueueName] { hash.queues }

    /// What it is doing; nil if it does not tell.
    public var state: WorkerActivity? { hash.state }

    /// The job it runs; nil if it runs none.
    public var currentJob: JobID? { executions.first?.jobID ?? hash.currentJob }

    /// When it last said it was alive.
    public var lastHeartbeat: Timestamp? { try? hash.lastHeartbeat }

    /// When it registered.
    public var birth: Timestamp? { try? hash.birth }

    /// How many jobs it has finished.
    public var successfulJobCount: Int { (try? hash.successfulJobCount) ?? 0 }

    /// How many jobs of its have failed, retried ones included.
    public var failedJobCount: Int { (try? hash.failedJobCount) ?? 0 }

    /// How long its jobs have run in all.
    public var totalWorkingTime: Duration { (try? hash.totalWorkingTime) ?? .zero }

    private static func names(
        _ client: Client, _ queue: QueueName?
    ) throws(ClientError) -> [WorkerName] {
        let key = queue.map(client.keys.workers) ?? client.keys.workers
        return try client.call(Command("SMEMBERS", .bytes(key))).strings
            .compactMap(client.keys.workerName(ofKey:))
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// Those whose hash is still there.
    private static func read(
        _ names: [WorkerName], _ client: Client
    ) throws(ClientError) -> [WorkerRecord] {
        guard !names.isEmpty else { return [] }
        let replies = try client.pipeline(
            names.flatMap { name in
                [
                    Command("HGETALL", .bytes(client.keys.worker(name))),
                    Command("SMEMBERS", .bytes(client.keys.workerExecutions(name))),
                ]
            })
        var workers: [WorkerRecord] = []
        for (index, name) in names.enumerated() {
            let hash = WorkerHash(fields: try replies[2 * index].fields())
            guard !hash.fields.isEmpty, hash.fields["death"] == nil else { continue }
            let runs = replies[2 * index + 1].strings.map(CompositeMember.init(bytes:))
            workers.append(WorkerRecord(name: name, hash: hash, executions: runs))
        }
        return workers
    }
}
