import RQ
import RedisKit
import Testing

/// What a producer saves of a job that has ended and was deleted.
@Suite struct LateSaveTests {
    private static let enqueued = "2027-01-15T07:59:59.500000Z"

    /// A bench, and a job that it has run and deleted.
    private static func ended(
        _ fields: [String: String] = ["result_ttl": "0"],
        _ outcome: Outcome.Kind = .returned(value: nil)
    ) throws -> ScriptBench {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["enqueued_at": enqueued].merging(fields) { $1 })
        _ = try bench.claim()
        _ = try bench.settle(outcome)
        #expect(try bench.ask("EXISTS", "rq:job:a") == "0")
        return bench
    }

    /// Saves the job as its producer has it.
    private static func save(_ bench: ScriptBench, _ fields: [String: String] = [:]) throws {
        try bench.store("a", ["status": "queued", "enqueued_at": enqueued].merging(fields) { $1 })
    }

    private static func sweep(_ bench: ScriptBench, since: Int = 0) throws -> Int {
        let request = bench.scheduler().removeLateSaves(
            endedSince: Timestamp(epochSeconds: since), from: 0, at: bench.clock)
        return try bench.read(request) { SchedulerIdentity.readPlace($0).count }
    }

    private static func lost(_ bench: ScriptBench) throws -> [JobID] {
        let job = QueuedJob(id: "a", queue: "default", since: Array(enqueued.utf8))
        let request = bench.scheduler().find([job], putBack: true, at: bench.clock)
        return try bench.read(request) { SchedulerIdentity.readIDs($0) }
    }

    @Test func `a job saved after its end is removed, and does not run again`() throws {
        let bench = try Self.ended()
        try Self.save(bench)
        #expect(try Self.lost(bench) == [])
        #expect(try Self.sweep(bench) == 1)
        #expect(try bench.ask("EXISTS", "rq:job:a") == "0")
        // And once more.
        try Self.save(bench)
        #expect(try Self.sweep(bench) == 1)
    }

    @Test func `likewise one that had failed with failure_ttl 0, or was deleted`() throws {
        let failed = try Self.ended(["failure_ttl": "0"], .failed(text: "e"))
        try Self.save(failed)
        #expect(try Self.sweep(failed) == 1)
        let deleted = try ScriptBench.registered()
        try deleted.enqueue("a", ["enqueued_at": Self.enqueued])
        _ = try deleted.claim()
        try deleted.redis.call(Command("DEL", "rq:job:a"))
        _ = try deleted.settle(.returned(value: nil))
        try Self.save(deleted)
        #expect(try Self.sweep(deleted) == 1)
    }

    @Test func `likewise one whose result has expired`() throws {
        let bench = try ScriptBench.registered()
        try bench.redis.call(Command("ZADD", "rq:finished:default", "1799999999", "a"))
        _ = try bench.read(bench.scheduler().expire("default", at: bench.clock)) {
            SchedulerIdentity.readCount($0)
        }
        try Self.save(bench)
        #expect(try Self.lost(bench) == [])
        #expect(try Self.sweep(bench) == 1)
    }

    @Test func `what is left of a job that saved only its meta is removed`() throws {
        let bench = try Self.ended()
        try bench.redis.call(Command("HSET", "rq:job:a", "meta", "x"))
        #expect(try Self.sweep(bench) == 1)
    }

    @Test func `an id that was enqueued again, in whatever way, is another job`() throws {
        let bench = try Self.ended()
        // Later than the end.
        try Self.save(bench, ["enqueued_at": "2027-01-15T08:00:05.000000Z"])
        #expect(try Self.sweep(bench) == 0)
        // By a producer whose clock is behind: it lies in its queue.
        try Self.save(bench)
        try bench.redis.call(Command("RPUSH", "rq:queue:default", "a"))
        #expect(try Self.sweep(bench) == 0)
        try bench.redis.call(Command("DEL", "rq:queue:default"))
        for registry in ["scheduled", "deferred", "ready", "canceled", "failed"] {
            let key = "rq:\(registry):default"
            try bench.redis.call(Command("ZADD", .text(key), "1800000900", "a"))
            #expect(try Self.sweep(bench) == 0, "\(registry)")
            try bench.redis.call(Command("DEL", .text(key)))
        }
        // One with a lifetime goes by itself.
        try bench.redis.call(Command("EXPIRE", "rq:job:a", "60"))
        #expect(try Self.sweep(bench) == 0)
    }

    @Test func `a producer's clock that is ahead makes no difference`() throws {
        let ahead = "2027-01-15T09:30:00.123456Z"
        let bench = try Self.ended(["result_ttl": "0", "enqueued_at": ahead])
        try Self.save(bench, ["enqueued_at": ahead])
        #expect(try Self.sweep(bench) == 1)
        try Self.save(bench, ["enqueued_at": "2027-01-15T09:30:00.200000Z"])
        #expect(try Self.sweep(bench) == 0)
    }

    @Test func `who waits for a job that was saved after its end is queued`() throws {
        let bench = try Self.ended()
        try Self.save(bench)
        try bench.store("b", ["status": "deferred"])
        try bench.redis.call(Command("SADD", "rq:job:a:dependents", "b"))
        try bench.redis.call(Command("SADD", "rq:job::b:dependencies", "a"))
        try bench.redis.call(Command("ZADD", "rq:deferred:default", "1800000000", "b"))
        #expect(try Self.sweep(bench) == 1)
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "b")
        #expect(try bench.ask("EXISTS", "rq:job:a", "rq:job:a:dependents") == "0")
    }

    @Test func `what ended before a moment is not looked at; in an hour all is forgotten`() throws {
        let bench = try Self.ended()
        try Self.save(bench)
        #expect(try Self.sweep(bench, since: bench.clock.epochSeconds + 3) == 0)
        #expect(try bench.ask("TTL", "rq:rqd:ended") == "3600")
    }

    @Test func `a running job that was canceled stays so though it is saved late`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["enqueued_at": Self.enqueued])
        _ = try bench.claim()
        try bench.redis.call(Command("ZADD", "rq:canceled:default", "1800000000", "a"))
        try Self.save(bench)
        _ = try bench.beat("e1", at: bench.clock)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "canceled")
        try Self.save(bench)
        #expect(try bench.settle(.returned(value: nil)) == .canceled)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "canceled")
    }

    @Test func `a job that was canceled once and enqueued since ends as any other`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["enqueued_at": Self.enqueued])
        try bench.redis.call(Command("ZADD", "rq:canceled:default", "1799999000", "a"))
        _ = try bench.claim()
        try Self.save(bench)
        _ = try bench.beat("e1", at: bench.clock)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "started")
        try Self.save(bench)
        _ = try bench.settle(.returned(value: nil))
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "finished")
    }
}
