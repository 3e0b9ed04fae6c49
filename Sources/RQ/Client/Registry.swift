import RedisKit

/// The jobs of a queue that are in one state; a sorted set.
///
/// What has expired is not counted and not listed; it is left for the workers to clean up, for a
/// reader changes nothing.
///
/// Source: RQ 3.0.0, `rq/registry.py`.
public struct Registry {
    /// Which state.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Being run; on the wire `wip`.
        case started = "wip"
        case finished, failed, deferred, scheduled, canceled
        /// Their dependencies are met; about to be queued (RQ 3).
        case ready

        /// Whether the score is the end of a life.
        var expires: Bool { self == .started || self == .finished || self == .failed }
    }

    /// Which state.
    public let kind: Kind
    /// Of which queue.
    public let queue: QueueName
    /// Where it is.
    public let client: Client

    /// A registry; nothing is asked or written.
    public init(_ kind: Kind, of queue: QueueName, on client: Client) {
        self.kind = kind
        self.queue = queue
        self.client = client
    }

    /// How many there are.
    ///
    /// - Throws: `redis`.
    public func count() throws(ClientError) -> Int {
        let replies = try client.pipeline(countCommands(at: .now()))
        return replies.reduce(0) { $0 + ($1.integer ?? 0) }
    }

    /// The ids, in the order of their scores: when they expire, or are due, or were put there.
    ///
    /// - Parameter limit: how many at most; nil for all.
    /// - Returns: the ids.
    /// - Throws: `redis`.
    public func ids(limit: Int? = nil) throws(ClientError) -> [JobID] {
        let commands = ranges(at: .now()).map { range in
            var command = Command(
                "ZRANGEBYSCORE", .bytes(key), .text(range.from), .text(range.to))
            if let limit { command.append(contentsOf: ["LIMIT", 0, .integer(max(0, limit))]) }
            return command
        }
        var ids: [JobID] = []
        for reply in try client.pipeline(commands) { ids += reply.strings.map(jobID) }
        return limit.map { Array(ids.prefix($0)) } ?? ids
    }

    /// Whether a job is there.
    ///
    /// - Parameter id: the job.
    /// - Returns: whether it is there.
    /// - Throws: `redis`.
    public func contains(_ id: JobID) throws(ClientError) -> Bool {
        if kind == .started { return try ids().contains(id) }
        return try client.call(Command("ZSCORE", .bytes(key), .bytes(id.bytes))) != .null
    }

    /// When a job expires, is due, or was put there; nil if it is not there or never expires.
    ///
    /// - Parameter id: the job; not for `.started`.
    /// - Returns: the time, to a second.
    /// - Throws: `redis`.
    public func time(of id: JobID) throws(ClientError) -> Timestamp? {
        let reply = try client.call(Command("ZSCORE", .bytes(key), .bytes(id.bytes)))
        guard let bytes = reply.bytes, let score = PythonFloat.parse(bytes), score.isFinite,
            score >= 0, let seconds = Int(exactly: score.rounded(.down))
        else { return nil }
        return Timestamp(epochSeconds: seconds)
    }

    /// Takes a job out; the job itself stays as it is.
    ///
    /// - Parameter id: the job.
    /// - Returns: whether it was there.
    /// - Throws: `unusable` for `.started`: the run would lose its claim; `redis`.
    @discardableResult
    public func remove(_ id: JobID) throws(ClientError) -> Bool {
        guard kind != .started else {
            throw .unusable("the registry of running jobs", "belongs to their workers")
        }
        return try client.call(Command("ZREM", .bytes(key), .bytes(id.bytes))).integer == 1
    }

    /// Puts a job back into its queue.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - atFront: as the next one.
    /// - Throws: `noSuchJob` (it is taken out then); `refused` if it is not there; `unusable` for
    ///   `.started`; `redis`.
    public func requeue(_ id: JobID, atFront: Bool = false) throws(ClientError) {
        guard kind != .started else {
            throw .unusable("the registry of running jobs", "belongs to their workers")
        }
        try client.change(
            ClientScripts.requeue, id,
            [.bytes(queue.bytes), .text(kind.rawValue), .integer(atFront ? 1 : 0)],
            doing: "requeue")
    }

    /// What `count` sends; the sum of the answers is the count.
    func countCommands(at now: Timestamp) -> [Command] {
        ranges(at: now).map { Command("ZCOUNT", .bytes(key), .text($0.from), .text($0.to)) }
    }

    /// A failed job that never expires has the score -1.
    private func ranges(at now: Timestamp) -> [(from: String, to: String)] {
        let living = ("(\(now.epochSeconds)", "+inf")
        return kind.expires ? [("-inf", "(0"), living] : [("-inf", "+inf")]
    }

    private func jobID(_ member: [UInt8]) -> JobID {
        kind == .started ? CompositeMember(bytes: member).jobID : JobID(bytes: member)
    }

    private var key: [UInt8] {
        switch kind {
        case .started: client.keys.wip(queue)
        case .finished: client.keys.finished(queue)
        case .failed: client.keys.failed(queue)
        case .deferred: client.keys.deferred(queue)
        case .scheduled: client.keys.scheduled(queue)
        case .canceled: client.keys.canceled(queue)
        case .ready: client.keys.ready(queue)
        }
    }
}
