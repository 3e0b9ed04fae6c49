import RedisKit

/// A queue of RQ.
public struct Queue {
    /// Its name.
    public let name: QueueName
    /// Where it is.
    public let client: Client

    /// A queue; nothing is asked or written, and it need not exist.
    public init(_ name: QueueName, on client: Client) {
        self.name = name
        self.client = client
    }

    /// Every queue that a producer has used, by name.
    ///
    /// - Parameter client: where they are.
    /// - Returns: the queues.
    /// - Throws: `redis`.
    public static func all(on client: Client) throws(ClientError) -> [Queue] {
        let reply = try client.call(Command("SMEMBERS", .bytes(client.keys.queues)))
        return reply.strings.compactMap(client.keys.queueName(ofKey:))
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            .map { Queue($0, on: client) }
    }

    /// How many jobs wait in it.
    ///
    /// - Throws: `redis`.
    public func count() throws(ClientError) -> Int {
        try client.call(Command("LLEN", .bytes(key))).integer ?? 0
    }

    /// The ids of the jobs that wait in it, the next one first.
    ///
    /// - Parameters:
    ///   - offset: how many to leave out.
    ///   - limit: how many at most; nil for all.
    /// - Returns: the ids.
    /// - Throws: `redis`.
    public func ids(
        from offset: Int = 0, limit: Int? = nil
    ) throws(ClientError) -> [JobID] {
        if let limit, limit < 1 { return [] }
        let last = limit.map { offset + $0 - 1 } ?? -1
        let range = Command("LRANGE", .bytes(key), .integer(offset), .integer(last))
        return try client.call(range).strings.map(JobID.init(bytes:))
    }

    /// The jobs that wait in it; ids without a job are left out.
    ///
    /// - Throws: `redis`.
    public func jobs() throws(ClientError) -> [Job] {
        try Job.fetchMany(try ids(), on: client).compactMap { $0 }
    }

    /// How many jobs are before a job, or nil if it is not in the queue.
    ///
    /// - Parameter id: the job.
    /// - Returns: how many, or nil.
    /// - Throws: `redis`; needs Redis 6.0.6.
    public func position(of id: JobID) throws(ClientError) -> Int? {
        try client.call(Command("LPOS", .bytes(key), .bytes(id.bytes))).integer
    }

    /// Takes a job out of the queue; the job itself stays.
    ///
    /// - Parameter id: the job.
    /// - Returns: whether it was there.
    /// - Throws: `redis`.
    @discardableResult
    public func remove(_ id: JobID) throws(ClientError) -> Bool {
        try client.call(Command("LREM", .bytes(key), 1, .bytes(id.bytes))).integer == 1
    }

    /// Deletes the jobs that wait in it now, a thousand in a step.
    ///
    /// - Returns: how many.
    /// - Throws: `redis`.
    @discardableResult
    public func empty() throws(ClientError) -> Int {
        var left = try count()
        var total = 0
        while left > 0 {
            let step: [Command.Argument] = [.bytes(name.bytes), .integer(min(left, 1000))]
            guard let taken = try client.run(ClientScripts.empty, step).integer, taken > 0 else {
                break
            }
            total += taken
            left -= taken
        }
        return total
    }

    /// Takes the queue out of the list of queues.
    ///
    /// - Parameter deletingJobs: deletes the jobs that wait in it; else only their places.
    /// - Throws: `redis`.
    public func delete(deletingJobs: Bool = true) throws(ClientError) {
        if deletingJobs { try empty() }
        _ = try client.pipeline([
            Command("MULTI"), Command("SREM", .bytes(client.keys.queues), .bytes(key)),
            Command("DEL", .bytes(key)), Command("EXEC"),
        ])
    }

    /// One of its registries.
    ///
    /// - Parameter kind: which.
    /// - Returns: the registry; nothing is asked.
    public func registry(_ kind: Registry.Kind) -> Registry {
        Registry(kind, of: name, on: client)
    }

    /// How many jobs are in each of its registries, in one exchange.
    ///
    /// - Returns: a number for every kind.
    /// - Throws: `redis`.
    public func registryCounts() throws(ClientError) -> [Registry.Kind: Int] {
        let now = Timestamp.now()
        let kinds = Registry.Kind.allCases.flatMap { kind in
            registry(kind).countCommands(at: now).map { (kind, $0) }
        }
        let replies = try client.pipeline(kinds.map(\.1))
        var counts: [Registry.Kind: Int] = [:]
        for ((kind, _), reply) in zip(kinds, replies) {
            counts[kind, default: 0] += reply.integer ?? 0
        }
        return counts
    }

    private var key: [UInt8] { client.keys.queue(name) }
}
