import RedisKit

/// How one run of a job ended.
public struct JobResult: Hashable, Sendable {
    /// Its place in the job's stream of results: later ones are greater.
    public let entryID: [UInt8]
    /// All that was recorded.
    public let entry: ResultEntry

    private let serializer: Serializer

    init(entryID: [UInt8], _ entry: ResultEntry, _ serializer: Serializer) {
        self.entryID = entryID
        self.entry = entry
        self.serializer = serializer
    }

    /// What kind of end it was.
    public var type: ResultType { entry.type }

    /// When it was recorded, to a millisecond.
    public var createdAt: Timestamp? { ResultEntry.writtenAt(entryID: entryID) }

    /// The traceback or the reason, if it failed.
    public var exceptionText: String? { entry.exceptionText }

    /// What the function returned; nil if it did not return.
    ///
    /// - Throws: `wire` if that is not plain data.
    public func returnValue() throws(ClientError) -> PlainValue? {
        guard type == .successful else { return nil }
        guard let bytes = entry.returnValue else { return PlainValue.none }
        return try serializer.value(of: bytes, field: "return_value")
    }

    /// Reads entries as `XRANGE` and one stream of `XREAD` answer them.
    static func read(
        _ reply: ReplyValue, _ serializer: Serializer
    ) throws(ClientError) -> [JobResult] {
        var results: [JobResult] = []
        for pair in reply.array ?? [] {
            guard let parts = pair.array, parts.count == 2, let id = parts[0].bytes else {
                continue
            }
            let fields = try parts[1].fields()
            let entry = try ClientError.reading { () throws(WireError) in
                try ResultEntry(fields: fields)
            }
            results.append(JobResult(entryID: id, entry, serializer))
        }
        return results
    }
}

extension Job {
    /// All results that are kept, the latest first.
    ///
    /// - Throws: `redis`, `wire`.
    public func results() throws(ClientError) -> [JobResult] {
        let range = Command("XREVRANGE", .bytes(client.keys.results(id)), "+", "-")
        return try JobResult.read(try client.call(range), client.serializer)
    }

    /// The latest result, or nil if there is none.
    ///
    /// - Throws: `redis`, `wire`.
    public func latestResult() throws(ClientError) -> JobResult? {
        let range = Command("XREVRANGE", .bytes(client.keys.results(id)), "+", "-", "COUNT", 1)
        return try JobResult.read(try client.call(range), client.serializer).first
    }

    /// The latest result; waits for one if there is none.
    ///
    /// A job with a `resultTTL` of nothing leaves none.
    ///
    /// - Parameters:
    ///   - span: how long to wait; nil for ever.
    ///   - known: waits for a result after this one.
    /// - Returns: the result, or nil if none came.
    /// - Throws: `redis`, `wire`.
    public func result(
        waiting span: Duration?, after known: JobResult? = nil
    ) throws(ClientError) -> JobResult? {
        // To Redis, 0 is for ever.
        let milliseconds = span.map { max(1, $0.wholeMicroseconds / 1000) } ?? 0
        let read = Command(
            "XREAD", "BLOCK", .integer(milliseconds), "STREAMS", .bytes(client.keys.results(id)),
            .bytes(known?.entryID ?? Array("0-0".utf8)))
        let reply = try ClientError.wrapping { () throws(RedisError) in
            try client.connection.call(read, timeout: span.map { $0 + client.timeout })
        }
        guard let stream = reply.array?.first?.array, stream.count == 2 else { return nil }
        return try JobResult.read(stream[1], client.serializer).last
    }

    /// What the function returned when it last succeeded; nil if the latest run did not.
    ///
    /// - Throws: `redis`; `wire` if it is not plain data.
    public func returnValue() throws(ClientError) -> PlainValue? {
        try latestResult()?.returnValue()
    }
}
