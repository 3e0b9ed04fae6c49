import RedisKit

/// A run of a job that goes on, as it was when it was read; RQ 2 and later.
///
/// Source: RQ 3.0.0, `rq/executions.py`.
public struct Execution: Hashable, Sendable {
    /// Its id.
    public let id: ExecutionID
    /// The job that runs.
    public let jobID: JobID
    /// When it began, when its worker was last heard of, and who that is (RQ 2.12 and later).
    public let hash: ExecutionHash
}

extension Job {
    /// Its runs that go on, the oldest first: one, or none; RQ 1 keeps none.
    ///
    /// - Throws: `redis`, `wire`.
    public func executions() throws(ClientError) -> [Execution] {
        let list = Command(
            "ZRANGEBYSCORE", .bytes(client.keys.executions(id)),
            .text("(\(Timestamp.now().epochSeconds)"), "+inf")
        let ids = try client.call(list).strings.map(ExecutionID.init(bytes:))
        guard !ids.isEmpty else { return [] }
        let replies = try client.pipeline(
            ids.map { Command("HGETALL", .bytes(client.keys.execution(id, $0))) })
        var executions: [Execution] = []
        for (execution, reply) in zip(ids, replies) {
            let fields = try reply.fields()
            guard !fields.isEmpty else { continue }
            let hash = try ClientError.reading { () throws(WireError) in
                try ExecutionHash(fields: fields)
            }
            executions.append(Execution(id: execution, jobID: id, hash: hash))
        }
        return executions
    }
}
