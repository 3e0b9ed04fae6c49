/// Every key and channel of RQ in Redis, and rqd's own, under one prefix.
///
/// The prefix is `rq`, or what `RQ_KEY_PREFIX` says to RQ 3. Methods are named after the
/// words on the wire; `docs/WIRE.md` says what each key holds.
///
/// Source: RQ 3.0.0, `rq/defaults.py` and the key templates in each module.
public struct Keys: Hashable, Sendable {
    /// What every key starts with, without the colon.
    public let prefix: String
    private let start: [UInt8]

    /// RQ's own prefix, `rq`.
    public init() {
        prefix = "rq"
        start = Array("rq:".utf8)
    }

    /// Another prefix, as RQ 3 accepts it.
    ///
    /// - Parameter prefix: one or more of `A-Z a-z 0-9 _ . : { } -`.
    /// - Throws: `WireError` naming `key_prefix` for anything else.
    public init(prefix: String) throws(WireError) {
        let others = Array("_.:{}-".utf8)
        let isGood = prefix.utf8.allSatisfy { byte in
            JobID(bytes: [byte]).isPlain || others.contains(byte)
        }
        guard isGood, !prefix.isEmpty else {
            throw WireError(
                field: "key_prefix", expected: "letters, digits and _ . : { } -",
                found: Array(prefix.utf8))
        }
        self.prefix = prefix
        start = Array("\(prefix):".utf8)
    }

    /// `P:<words>`.
    func key(_ words: String) -> [UInt8] {
        start + words.utf8
    }

    /// `P:<before><name><after>`.
    func key(_ before: String, _ name: some WireName, _ after: String = "") -> [UInt8] {
        key(before, name.bytes, after)
    }

    /// `P:<before><name><after>` for a name that has no type of its own.
    func key(_ before: String, _ name: [UInt8], _ after: String = "") -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(start.count + before.utf8.count + name.count + after.utf8.count)
        key += start
        key += before.utf8
        key += name
        key += after.utf8
        return key
    }

    /// The queue whose list a member of the set `queues` names.
    ///
    /// - Parameter key: a member of `P:queues`, which is a whole key.
    /// - Returns: the queue, or nil when the key is not one of a queue under this prefix.
    public func queueName(ofKey key: [UInt8]) -> QueueName? {
        name(in: key, after: "queue:").map(QueueName.init(bytes:))
    }

    /// The worker whose hash a member of the set `workers` names.
    ///
    /// - Parameter key: a member of `P:workers` or `P:workers:<q>`, which is a whole key.
    /// - Returns: the worker, or nil when the key is not one of a worker under this prefix.
    public func workerName(ofKey key: [UInt8]) -> WorkerName? {
        name(in: key, after: "worker:").map(WorkerName.init(bytes:))
    }

    private func name(in key: [UInt8], after words: String) -> [UInt8]? {
        let before = self.key(words)
        guard key.count > before.count, key.starts(with: before) else { return nil }
        return Array(key.dropFirst(before.count))
    }
}
