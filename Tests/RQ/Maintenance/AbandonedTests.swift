import RQ
import RedisKit
import Testing

/// Runs whose worker is gone.
@Suite struct AbandonedTests {
    private static let run = String(repeating: "a", count: 32)

    /// A run of a Python worker whose lease ended this many seconds ago.
    private func abandon(
        _ bench: ScriptBench, _ id: String, ago seconds: Int = 60, _ fields: [String: String] = [:]
    ) throws {
        try bench.store(id, fields.merging(["status": "started"]) { given, _ in given })
        try bench.redis.call(
            Command(
                "ZADD", "rq:wip:default", .integer(bench.clock.epochSeconds - seconds),
                .text("\(id):\(Self.run)")))
        try bench.redis.call(
            Command(
                "ZADD", .text("rq:executions:\(id)"),
                .integer(bench.clock.epochSeconds + 60 - seconds), .text(Self.run)))
    }

    private func settle(_ bench: ScriptBench, passing: Int = 0) throws -> [SettledJob]? {
        let request = bench.scheduler().settleAbandoned(
            "default", passing: passing, at: bench.clock)
        return try bench.read(request) { SchedulerIdentity.readAbandoned($0)?.settled }
    }

    @Test func `an abandoned job fails with the text that rq writes`() throws {
        let bench = try ScriptBench()
        try abandon(bench, "a")
        #expect(try settle(bench) == [SettledJob(id: "a", fate: .failed)])
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "failed")
        #expect(try bench.ask("ZSCORE", "rq:failed:default", "a") == "1831536000")
        #expect(try bench.ask("EXISTS", "rq:wip:default", "rq:executions:a") == "0")
        let entries = try bench.redis.call(Command("XRANGE", "rq:results:a", "-", "+")).array
        let fields = try #require(entries?.first?.array?[1].array).map { value -> [UInt8] in
            if case .string(let bytes) = value { bytes } else { [] }
        }
        let entry = try ResultEntry(fields: FieldList(flat: fields))
        #expect(entry.type == .failed)
        #expect(
            entry.exceptionText == """
                Moved to FailedJobRegistry, due to AbandonedJobError, \
                at 2027-01-15 08:00:00+00:00
                """)
        #expect(try settle(bench) == [])
    }

    @Test func `an abandoned job with retries left is tried again`() throws {
        let bench = try ScriptBench()
        try abandon(bench, "now", ["retries_left": "2"])
        try abandon(bench, "later", ["retries_left": "2", "retry_intervals": "[10, 20]"])
        let settled = try #require(try settle(bench))
        #expect(Set(settled.map { "\($0.id) \($0.fate)" }) == ["now retried", "later scheduled"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "now")
        #expect(try bench.ask("HMGET", "rq:job:now", "status", "retries_left") == "queued 1")
        #expect(try bench.ask("ZSCORE", "rq:scheduled:default", "later") == "1800000010")
        #expect(try bench.ask("HMGET", "rq:job:later", "status", "retries_left") == "scheduled 1")
    }

    @Test func `a job that had been claimed and never started goes back to the front`() throws {
        let bench = try ScriptBench()
        try bench.enqueue("b")
        try abandon(bench, "a", ["status": "queued"])
        #expect(try settle(bench) == [SettledJob(id: "a", fate: .requeued)])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a b")
        try abandon(bench, "a", ["status": "queued"])
        #expect(try settle(bench) == [SettledJob(id: "a", fate: .stale)])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a b")
    }

    @Test func `a lease that ended only just now, or has not ended, is left alone`() throws {
        let bench = try ScriptBench()
        try abandon(bench, "just", ago: 9)
        try abandon(bench, "alive", ago: -30)
        #expect(try settle(bench) == [])
    }

    @Test func `an old run does not end a job that runs again or has ended`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("again")
        _ = try bench.claim("e1")
        try bench.redis.call(
            Command("ZADD", "rq:wip:default", "5", .text("again:\(Self.run)")))
        try abandon(bench, "done", ["status": "finished"])
        let settled = try #require(try settle(bench))
        #expect(Set(settled.map { "\($0.id) \($0.fate)" }) == ["again stale", "done stale"])
        #expect(try bench.ask("HGET", "rq:job:again", "status") == "started")
        #expect(try bench.ask("HGET", "rq:job:done", "status") == "finished")
    }

    @Test func `a run of rqd's is not failed but left to be handed back`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        let run = ExecutionID(Self.run)
        _ = try bench.claim(run)
        try bench.redis.call(
            Command("ZADD", "rq:wip:default", "5", .text("a:\(Self.run)")))
        let request = bench.scheduler().settleAbandoned("default", passing: 0, at: bench.clock)
        let reply = try bench.read(request) { SchedulerIdentity.readAbandoned($0) }
        #expect(reply?.settled == [] && reply?.left == 1)

        func reclaim() throws -> (Fate, QueueName, JobID)? {
            let request = bench.worker.reclaim(
                run, at: bench.clock, requeue: true, reason: "gone", quarantineAfter: 3)
            return try bench.read(request) { (reply) throws(WireError) in
                try Fate.readReclaimed(reply)
            }
        }
        #expect(try reclaim() == nil)
        try bench.redis.call(Command("DEL", .text("rq:execution:a:\(Self.run)")))
        #expect(try reclaim()?.0 == .requeued(deaths: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("EXISTS", "rq:rqd:claims:w1", "rq:wip:default") == "0")
    }

    @Test func `a run of RQ 1 has the bare id`() throws {
        let bench = try ScriptBench()
        try bench.store("a:b", ["status": "started"])
        try bench.redis.call(Command("ZADD", "rq:wip:default", "5", "a:b"))
        #expect(try settle(bench) == [SettledJob(id: "a:b", fate: .failed)])
    }

    @Test func `nothing is done while another cleaner has the lock`() throws {
        let bench = try ScriptBench()
        try abandon(bench, "a")
        try bench.redis.call(Command("SET", "rq:clean_registries:default", "1"))
        #expect(try settle(bench) == nil)
        try bench.redis.call(Command("SET", "rq:clean_registries:default", "s1"))
        #expect(try settle(bench)?.count == 1)
    }

    @Test func `a job that RQ said it would schedule and did not is tried again`() throws {
        let bench = try ScriptBench()
        try abandon(bench, "a", ["status": "scheduled", "retries_left": "1"])
        #expect(try settle(bench) == [SettledJob(id: "a", fate: .retried)])
    }

    @Test func `the dependents of an abandoned job follow if they may`() throws {
        let bench = try ScriptBench()
        try abandon(bench, "a")
        try bench.store("b", ["status": "deferred", "allow_dependency_failures": "1"])
        try bench.redis.call(Command("SADD", "rq:job:a:dependents", "b"))
        try bench.redis.call(Command("SADD", "rq:job::b:dependencies", "a"))
        try bench.redis.call(Command("ZADD", "rq:deferred:default", "1", "b"))
        _ = try settle(bench)
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "b")
    }

    @Test func `an abandoned job gives its slot to the next`() throws {
        let bench = try ScriptBench()
        let limit = ["rate_limit_key": "api", "rate_limit_concurrency": "1"]
        try abandon(bench, "a", limit)
        try bench.store("b", limit.merging(["status": "rate_limited"]) { $1 })
        try bench.redis.call(Command("HSET", "rq:rl:api", "concurrency", "1"))
        try bench.redis.call(Command("ZADD", "rq:rl:api:allowed", "1", "a"))
        try bench.redis.call(Command("ZADD", "rq:rl:api:rate_limited", "1", "b"))
        _ = try settle(bench)
        #expect(try bench.ask("ZRANGE", "rq:rl:api:allowed", "0", "-1") == "b")
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "b")
    }
}
