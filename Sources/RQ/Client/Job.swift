import RedisKit

/// A job, as it was when it was last read.
///
/// `hash` has everything that RQ keeps about it; `refresh` reads it again.
public struct Job {
    /// Its id.
    public let id: JobID
    /// Where it is.
    public let client: Client
    /// What its hash said when it was last read.
    public private(set) var hash: JobHash

    init(_ id: JobID, _ hash: JobHash, on client: Client) {
        self.id = id
        self.hash = hash
        self.client = client
    }

    /// Reads a job.
    ///
    /// - Parameters:
    ///   - id: which.
    ///   - client: where it is.
    /// - Returns: the job.
    /// - Throws: `noSuchJob`, `redis`.
    public static func fetch(_ id: JobID, on client: Client) throws(ClientError) -> Job {
        guard let job = try fetchMany([id], on: client)[0] else { throw .noSuchJob(id) }
        return job
    }

    /// Reads jobs, in one exchange.
    ///
    /// - Parameters:
    ///   - ids: which.
    ///   - client: where they are.
    /// - Returns: in the order of the ids; nil where there is no job.
    /// - Throws: `redis`.
    public static func fetchMany(
        _ ids: [JobID], on client: Client
    ) throws(ClientError) -> [Job?] {
        guard !ids.isEmpty else { return [] }
        let commands = ids.map { Command("HGETALL", .bytes(client.keys.job($0))) }
        let replies = try client.pipeline(commands)
        var jobs: [Job?] = []
        for (id, reply) in zip(ids, replies) {
            let hash = JobHash(fields: try reply.fields())
            jobs.append(hash.isJob ? Job(id, hash, on: client) : nil)
        }
        return jobs
    }

    /// Whether there is a job with this id.
    ///
    /// - Parameters:
    ///   - id: which.
    ///   - client: where it would be.
    /// - Returns: whether there is one.
    /// - Throws: `redis`.
    public static func exists(_ id: JobID, on client: Client) throws(ClientError) -> Bool {
        try client.call(Command("EXISTS", .bytes(client.keys.job(id)))).integer == 1
    }

    /// Reads it again.
    ///
    /// - Throws: `noSuchJob` if it is gone; `redis`.
    public mutating func refresh() throws(ClientError) {
        self = try Job.fetch(id, on: client)
    }

    /// Where it stands now; nothing else is read.
    ///
    /// - Throws: `noSuchJob`, `redis`.
    public func status() throws(ClientError) -> JobStatus {
        let reply = try client.call(
            Command("HMGET", .bytes(client.keys.job(id)), "status", "data"))
        guard let fields = reply.array, fields.count == 2, fields[1].bytes != nil else {
            throw .noSuchJob(id)
        }
        return JobStatus(field: fields[0].bytes)
    }

    /// The queue it belongs to.
    public var queue: Queue { Queue(hash.origin ?? "", on: client) }

    /// What it calls.
    ///
    /// - Throws: `wire` if that is not plain data.
    public func call() throws(ClientError) -> Call {
        let data = try ClientError.reading { () throws(WireError) in try hash.inflatedData() }
        return try Call(data: data, client.serializer)
    }

    /// The application's own notes on it.
    ///
    /// - Throws: `wire` if they are not plain data.
    public func meta() throws(ClientError) -> [String: PlainValue] {
        guard let bytes = hash.meta else { return [:] }
        guard let meta = try client.serializer.value(of: bytes, field: "meta").members else {
            throw .wire(WireError(field: "meta", expected: "a dictionary", found: bytes))
        }
        return meta
    }

    /// Replaces the notes, in Redis and here.
    ///
    /// - Parameter meta: all of them.
    /// - Throws: `unusable`, `noSuchJob`, `redis`.
    public mutating func save(meta: [String: PlainValue]) throws(ClientError) {
        let bytes = try client.serializer.bytes(of: PlainValue(meta))
        try run(
            ClientScripts.saveMeta, [.bytes(bytes)], doing: "save the notes of")
        try refresh()
    }

    /// The jobs that wait for it.
    ///
    /// - Throws: `redis`.
    public func dependentIDs() throws(ClientError) -> [JobID] {
        let reply = try client.call(Command("SMEMBERS", .bytes(client.keys.dependents(id))))
        return reply.strings.map(JobID.init(bytes:))
    }

    /// How many jobs are before it in its queue; nil if it is not there.
    ///
    /// - Throws: `redis`.
    public func position() throws(ClientError) -> Int? {
        try queue.position(of: id)
    }
}
