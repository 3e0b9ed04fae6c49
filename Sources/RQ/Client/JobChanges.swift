import RedisKit

extension Job {
    /// Takes it back, so that it will not run.
    ///
    /// One that is running runs on; its result is kept, and it stays canceled.
    ///
    /// - Parameters:
    ///   - enqueuingDependents: lets the jobs that wait for it run as if it had finished.
    ///   - leavingDependencies: takes it out of the lists of the jobs that it waits for.
    /// - Throws: `noSuchJob`; `refused` if it is canceled already; `redis`.
    public func cancel(
        enqueuingDependents: Bool = false, leavingDependencies: Bool = false
    ) throws(ClientError) {
        let flags: [Command.Argument] = [
            .integer(enqueuingDependents ? 1 : 0), .integer(leavingDependencies ? 1 : 0),
        ]
        try run(ClientScripts.cancel, flags, doing: "cancel")
        if enqueuingDependents { try client.finishUnfinishedWork() }
    }

    /// Puts it back into its queue after it has failed.
    ///
    /// - Parameter atFront: as the next one.
    /// - Throws: `noSuchJob`; `refused` if it is not among the failed; `redis`.
    public func requeue(atFront: Bool = false) throws(ClientError) {
        try queue.registry(.failed).requeue(id, atFront: atFront)
    }

    /// Deletes it and its results.
    ///
    /// - Parameter deletingDependents: the jobs that wait for it as well.
    /// - Returns: whether there was such a job.
    /// - Throws: `redis`.
    @discardableResult
    public func delete(deletingDependents: Bool = false) throws(ClientError) -> Bool {
        let flag: Command.Argument = .integer(deletingDependents ? 1 : 0)
        let reply = try client.run(ClientScripts.delete, [.bytes(id.bytes), flag])
        return reply.strings.first == Array("deleted".utf8)
    }

    /// Runs a script that may find no job or refuse.
    func run(
        _ script: Script, _ arguments: [Command.Argument], doing: String
    ) throws(ClientError) {
        try client.change(script, id, arguments, doing: doing)
    }
}

extension Client {
    /// Runs a script on one job that answers `{'missing'}`, `{'refused', status}` or another word.
    func change(
        _ script: Script, _ id: JobID, _ arguments: [Command.Argument], doing: String
    ) throws(ClientError) {
        let words = try run(script, [.bytes(id.bytes)] + arguments).strings
        switch words.first.map({ String(decoding: $0, as: UTF8.self) }) {
        case "missing": throw .noSuchJob(id)
        case "refused":
            let status = JobStatus(field: words.count > 1 ? words[1] : nil)
            throw .refused(id, doing: doing, status: status)
        default: return
        }
    }
}
