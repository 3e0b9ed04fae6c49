import RedisKit

extension Client {
    /// Tells a worker what to do.
    ///
    ///     try client.send(.shutdown, to: "mail.0")
    ///
    /// - Parameters:
    ///   - command: what.
    ///   - worker: which.
    /// - Returns: whether anybody of that name heard it.
    /// - Throws: `redis`.
    @discardableResult
    public func send(
        _ command: WorkerCommand, to worker: WorkerName
    ) throws(ClientError) -> Bool {
        let channel = keys.commands(worker)
        let reply = try call(Command("PUBLISH", .bytes(channel), .bytes(command.payload)))
        return (reply.integer ?? 0) > 0
    }
}

extension Job {
    /// Asks its worker to stop it; it then ends as stopped, and is not tried again.
    ///
    /// - Returns: whether the worker heard it; the job may have ended meanwhile.
    /// - Throws: `noSuchJob`; `refused` if it does not run; `redis`.
    @discardableResult
    public func stop() throws(ClientError) -> Bool {
        let fields = Command(
            "HMGET", .bytes(client.keys.job(id)), "data", "status", "worker_name")
        let reply = try client.call(fields).array ?? []
        guard reply.count == 3, reply[0].bytes != nil else { throw .noSuchJob(id) }
        let status = JobStatus(field: reply[1].bytes)
        guard status == .started, let worker = reply[2].bytes, !worker.isEmpty else {
            throw .refused(id, doing: "stop", status: status)
        }
        return try client.send(.stopJob(id), to: WorkerName(bytes: worker))
    }
}
