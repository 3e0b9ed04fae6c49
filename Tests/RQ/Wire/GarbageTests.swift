import RQ
import Testing

struct `Garbage in a hash` {
    /// Reads one thing of a job.
    struct Reader: Sendable, CustomTestStringConvertible {
        let field: String
        let read: @Sendable (JobHash) throws -> Void
        var testDescription: String { field }
    }

    private static let readers: [Reader] = [
        Reader(field: "created_at") { _ = try $0.createdAt },
        Reader(field: "enqueued_at") { _ = try $0.enqueuedAt },
        Reader(field: "started_at") { _ = try $0.startedAt },
        Reader(field: "ended_at") { _ = try $0.endedAt },
        Reader(field: "last_heartbeat") { _ = try $0.lastHeartbeat },
        Reader(field: "timeout") { _ = try $0.timeout },
        Reader(field: "result_ttl") { _ = try $0.resultTTL },
        Reader(field: "failure_ttl") { _ = try $0.failureTTL },
        Reader(field: "ttl") { _ = try $0.ttl },
        Reader(field: "rate_limit_concurrency") { _ = try $0.rateLimitConcurrency },
        Reader(field: "dependency_ids") { _ = try $0.dependencyIDs },
        Reader(field: "allow_dependency_failures") { _ = try $0.allowsDependencyFailures },
        Reader(field: "enqueue_at_front") { _ = try $0.isEnqueuedAtFront },
        Reader(field: "enqueue_at_front_on_retry") { _ = try $0.isRetriedAtFront },
        Reader(field: "retries_left") { _ = try $0.retriesLeft },
        Reader(field: "retry_intervals") { _ = try $0.retryIntervals },
        Reader(field: "number_of_retries") { _ = try $0.numberOfRetries },
        Reader(field: "repeats_left") { _ = try $0.repeatsLeft },
        Reader(field: "repeat_intervals") { _ = try $0.repeatIntervals },
        Reader(field: "rqd_worker_deaths") { _ = try $0.workerDeaths },
    ]

    @Test(arguments: readers)
    func `is an error that names the field, and an empty field is none`(reader: Reader) throws {
        let garbage: [[UInt8]] = [
            [0xff, 0xfe], Array("nonsense".utf8), [0], Array("[1, ".utf8), Array("[null]".utf8),
            Array("9e999".utf8), [UInt8](repeating: 0x80, count: 1000),
        ]
        for value in garbage {
            let hash = try JobHash(fields: FieldList(flat: [Array(reader.field.utf8), value]))
            let error = #expect(throws: WireError.self) { try reader.read(hash) }
            #expect(error?.field == reader.field)
        }
        for flat in [[], [Array(reader.field.utf8), []]] {
            try reader.read(JobHash(fields: FieldList(flat: flat)))
        }
    }

    @Test func `leaves the readable fields readable`() throws {
        let hash = JobHash(fields: list(("timeout", "soon"), ("status", "queued"), ("ttl", "60")))
        #expect(throws: WireError.self) { try hash.timeout }
        #expect(hash.status == .queued)
        #expect(try hash.ttl == .seconds(60))
    }

    @Test func `is kept where it is a status`() {
        let hash = JobHash(fields: list(("status", "sleeping")))
        #expect(hash.status == .unknown("sleeping"))
        #expect(hash.status.bytes == Array("sleeping".utf8))
        #expect(JobHash(fields: FieldList()).status == .created)
        #expect(JobHash(fields: list(("status", ""))).status == .created)
    }

    @Test func `is taken as it is where it is the call, as rq takes it`() throws {
        let garbage: [UInt8] = [0x80, 0x05, 0x28]
        let hash = try JobHash(fields: FieldList(flat: [Array("data".utf8), garbage]))
        #expect(hash.isJob)
        #expect(try hash.inflatedData() == garbage)
        #expect(hash.functionName == nil)
    }

    @Test func `is no job where there is no call`() {
        let hash = JobHash(fields: list(("status", "queued")))
        #expect(!hash.isJob)
        let error = #expect(throws: WireError.self) { try hash.inflatedData() }
        #expect(error?.description == "data: expected a serialised call, found nothing")
    }

    @Test func `cannot fill the memory by inflating`() throws {
        let bomb = Zlib.deflate([UInt8](repeating: 0, count: 1 << 20))
        let hash = try JobHash(fields: FieldList(flat: [Array("data".utf8), bomb]))
        #expect(throws: WireError.self) { try hash.inflatedData(limitBytes: 1 << 16) }
        #expect(try hash.inflatedData(limitBytes: 1 << 20).count == 1 << 20)
    }

    @Test func `falls back to the single dependency of old producers`() throws {
        #expect(try JobHash(fields: list(("dependency_id", "a"))).dependencyIDs == ["a"])
        let both = list(("dependency_id", "a"), ("dependency_ids", "[\"b\", \"c\"]"))
        #expect(try JobHash(fields: both).dependencyIDs == ["b", "c"])
    }

    @Test func `in a callback's timeout is an error, and none is a minute`() throws {
        let name = ("failure_callback_name", "app.failed")
        #expect(
            try JobHash(fields: list(name)).failureCallback
                == JobCallback(functionName: "app.failed", timeout: .seconds(60)))
        let bad = JobHash(fields: list(name, ("failure_callback_timeout", "long")))
        #expect(throws: WireError.self) { try bad.failureCallback }
    }

    @Test func `reads a traceback that rq 1 left, compressed or not`() throws {
        let text = Array("Traceback: böse".utf8)
        for stored in [text, Zlib.deflate(text)] {
            let hash = try JobHash(fields: FieldList(flat: [Array("exc_info".utf8), stored]))
            #expect(hash.exceptionText == "Traceback: böse")
        }
    }

    @Test func `of a worker spoils only its own field`() throws {
        let hash = WorkerHash(
            fields: list(
                ("pid", "abc"), ("birth", "yesterday"), ("total_working_time", "long"),
                ("state", "sleeping"), ("queues", "a,,b c")))
        #expect(throws: WireError.self) { try hash.pid }
        #expect(throws: WireError.self) { try hash.birth }
        #expect(throws: WireError.self) { try hash.totalWorkingTime }
        #expect(hash.state == .unknown("sleeping"))
        #expect(hash.queues == ["a", "", "b c"])
        #expect(try hash.failedJobCount == 0)
    }

    @Test func `of a run is an error when a time is missing or wrong`() {
        for fields in [
            list(("created_at", "1.5")), list(("last_heartbeat", "1.5")),
            list(("created_at", "x"), ("last_heartbeat", "1.5")),
        ] {
            #expect(throws: WireError.self) { try ExecutionHash(fields: fields) }
        }
    }

    private func list(_ pairs: (String, String)...) -> FieldList {
        var fields = FieldList()
        for (name, value) in pairs { fields.append(name, value) }
        return fields
    }
}
