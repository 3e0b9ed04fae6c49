/// A job as its hash `rq:job:<id>` says it.
///
/// A view: nothing is read until it is asked for, so one unreadable field spoils only
/// itself. Every reader throws a `WireError` that names the field; none traps. An absent and
/// an empty field are the same, as for RQ.
///
/// Source: RQ 3.0.0, `rq/job.py`, `Job.to_dict` and `Job.restore`; fields that older
/// versions do not write are marked.
public struct JobHash: Hashable, Sendable {
    /// Everything the hash holds, in its own order, unknown fields included.
    public let fields: FieldList

    /// What `HGETALL` answered.
    public init(fields: FieldList) {
        self.fields = fields
    }

    /// True when the field `data` exists; RQ takes a hash without it for "no such job".
    public var isJob: Bool { fields["data"] != nil }

    // What is called.

    /// The call as the producer stored it: a zlib stream, or the plain serialised bytes.
    public var data: [UInt8]? { fields["data"] }

    /// The call, serialised: a pickle or JSON of (function, instance, args, kwargs).
    ///
    /// RQ takes bytes that are not a zlib stream as they are, and so does this.
    ///
    /// - Parameter limitBytes: the most the caller is ready to hold; 512 MiB, which is what
    ///   Redis allows in one value, unless said otherwise.
    /// - Returns: the bytes for the serializer.
    /// - Throws: `WireError` when there is no `data`, or it inflates to more than the limit.
    public func inflatedData(limitBytes: Int = 512 << 20) throws(WireError) -> [UInt8] {
        guard let data else {
            throw WireError(field: "data", expected: "a serialised call", found: nil)
        }
        do {
            return try Zlib.inflate(data, limitBytes: limitBytes)
        } catch {
            switch error {
            case .corrupt, .truncated: return data
            case .larger:
                throw WireError(
                    field: "data", expected: "at most \(limitBytes) bytes once inflated",
                    found: Array(data.prefix(2)))
            }
        }
    }

    /// The dotted name of the function, read without executing anything; nil when the
    /// serialised call does not start with a readable one.
    public var functionName: String? {
        data.flatMap(FunctionName.read)
    }

    /// The call in words, for people: `app.send(1, to='x')`.
    public var description: String? { fields.text("description") }

    /// The queue the job belongs to.
    public var origin: QueueName? { fields.bytes("origin").map(QueueName.init(bytes:)) }

    /// The group the job belongs to; RQ 2 and later.
    public var groupID: [UInt8]? { fields.bytes("group_id") }

    /// True when a producer of RQ 2 or later wrote the hash.
    public var isFromRQ2OrLater: Bool { fields["group_id"] != nil }

    /// The application's own notes on the job, serialised.
    public var meta: [UInt8]? { fields.bytes("meta") }

    // Where it stands.

    /// The status; a word RQ does not know is kept.
    public var status: JobStatus { JobStatus(field: fields["status"]) }

    /// When the producer made the job.
    public var createdAt: Timestamp? {
        get throws(WireError) { try fields.time("created_at") }
    }

    /// When it was last put into its queue.
    public var enqueuedAt: Timestamp? {
        get throws(WireError) { try fields.time("enqueued_at") }
    }

    /// When it was last started.
    public var startedAt: Timestamp? {
        get throws(WireError) { try fields.time("started_at") }
    }

    /// When its last run ended.
    public var endedAt: Timestamp? {
        get throws(WireError) { try fields.time("ended_at") }
    }

    /// When a worker last vouched for the run.
    public var lastHeartbeat: Timestamp? {
        get throws(WireError) { try fields.time("last_heartbeat") }
    }

    /// The worker that runs it or ran it last.
    public var workerName: WorkerName? {
        fields.bytes("worker_name").map(WorkerName.init(bytes:))
    }

    // What it may use.

    /// How long it may run.
    public var timeout: JobTimeout {
        get throws(WireError) { try JobTimeout(field: fields["timeout"]) }
    }

    /// How long it stays after success.
    public var resultTTL: ResultTTL {
        get throws(WireError) { try ResultTTL(field: fields["result_ttl"]) }
    }

    /// How long it stays after failure.
    public var failureTTL: FailureTTL {
        get throws(WireError) { try FailureTTL(field: fields["failure_ttl"]) }
    }

    /// How long it may wait to be started; nil means for ever.
    public var ttl: Duration? {
        get throws(WireError) { try fields.span("ttl") }
    }

    /// The rate limit it counts against; RQ 3.
    public var rateLimitKey: [UInt8]? { fields.bytes("rate_limit_key") }

    /// How many jobs of the rate limit may run at once; RQ 3.
    public var rateLimitConcurrency: Int? {
        get throws(WireError) { try fields.integer("rate_limit_concurrency") }
    }

    // What old readers still look at.

    /// The return value, serialised, where RQ left it in the hash.
    public var result: [UInt8]? { fields.bytes("result") }

    /// The traceback where RQ 1 left it in the hash; nil when it cannot be read.
    public var exceptionText: String? {
        guard let stored = fields.bytes("exc_info") else { return nil }
        let text = try? Zlib.inflate(stored, limitBytes: ResultEntry.textLimitBytes)
        return String(decoding: text ?? stored, as: UTF8.self)
    }
}
