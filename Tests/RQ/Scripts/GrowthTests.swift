import RQ
import RedisKit
import Testing

/// A server that holds a hundred thousand of everything: no step grows with that.
///
/// What is bounded is the number of calls that a script makes, and that none of them is one that
/// walks a whole key; the times that the server measured are printed.
@Suite(.serialized) struct GrowthTests {
    @Test func `the end of a job with very many dependents, and what follows it`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("par")
        try bench.fill(
            """
            local id = 'd' .. i
            redis.call('HSET', 'rq:job:' .. id, 'data', 'x', 'origin', 'other', 'status', 'deferred')
            redis.call('SADD', 'rq:job:par:dependents', id)
            redis.call('SADD', 'rq:job::' .. id .. ':dependencies', 'par')
            redis.call('ZADD', 'rq:deferred:other', 1, id)
            """)
        _ = try bench.claim()
        try bench.expectBounded("outcome") {
            _ = try bench.settle(.returned(value: nil))
            return false
        }
        // Each dependent's own parents are few, and all are looked at.
        try bench.expectBounded("resume", atMost: 3000, forbidden: ["hgetall"]) {
            try bench.goOn()
        }
        #expect(try bench.ask("LLEN", "rq:queue:other") == "\(ScriptBench.many)")
        #expect(try bench.ask("EXISTS", "rq:deferred:other", "rq:rqd:unfinished") == "0")
    }

    @Test func `the end of one of very many parents looks at few of them`() throws {
        let bench = try ScriptBench.registered()
        try bench.fill(
            """
            redis.call('HSET', 'rq:job:p' .. i, 'data', 'x', 'origin', 'default', 'status',
              i <= 1000 and 'queued' or 'finished', 'timeout', '180')
            redis.call('SADD', 'rq:job:p' .. i .. ':dependents', 'd')
            redis.call('SADD', 'rq:job::d:dependencies', 'p' .. i)
            if i <= 1000 then redis.call('RPUSH', 'rq:queue:default', 'p' .. i) end
            """)
        try bench.store("d", ["status": "deferred", "origin": "other"])
        try bench.redis.call(Command("ZADD", "rq:deferred:other", "1", "d"))
        var ended = 0
        var goesOn = false
        try bench.expectBounded("one of many parents", atMost: 3000, forbidden: []) {
            if goesOn {
                goesOn = try bench.goOn()
            } else {
                ended += 1
                #expect(try bench.ask("LLEN", "rq:queue:other") == "0")
                let execution = ExecutionID(bytes: Array("e\(ended)".utf8))
                _ = try bench.claim(execution)
                _ = try bench.settle(.returned(value: nil), execution: execution)
                goesOn = try bench.ask("EXISTS", "rq:rqd:unfinished") == "1"
            }
            return ended < 1000 || goesOn
        }
        #expect(try bench.ask("LRANGE", "rq:queue:other", "0", "-1") == "d")
        #expect(try bench.ask("HMGET", "rq:job:d", "rqd_waits_for", "rqd_look") == " ")
    }

    @Test func `a claim of a job with very many old runs, and one behind very much garbage`() throws
    {
        let bench = try ScriptBench.registered()
        try bench.fill("redis.call('ZADD', 'rq:executions:a', 2e9, e)")
        try bench.enqueue("a")
        func claim() throws -> Bool {
            let reply = try bench.claim().0
            if case .job(let job) = reply { #expect(job.id == "a") }
            return reply == .again
        }
        // The job itself is read as a whole.
        let others = ["smembers", "hkeys"]
        try bench.expectBounded("claim", atMost: 3000, forbidden: others, claim)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "started")
        try bench.fill("redis.call('RPUSH', 'rq:queue:high', 'missing' .. i)")
        try bench.expectBounded("claim of garbage", forbidden: others) {
            try bench.claim("e2").0 == .again
        }
        // Runs of Python workers, which do not count.
        try bench.fill(
            """
            redis.call('ZADD', 'rq:executions:b', 2e9, e)
            redis.call('HSET', 'rq:execution:b:' .. e, 'id', e, 'worker_name', 'p')
            """)
        try bench.redis.call(Command("DEL", "rq:queue:high"))
        try bench.enqueue("b")
        try bench.expectBounded("claim beside runs", forbidden: others) {
            try bench.claim("e3").0 == .again
        }
        #expect(try bench.ask("HGET", "rq:job:b", "status") == "started")
    }

    @Test func `a rate limit with very many that wait`() throws {
        let bench = try ScriptBench.registered()
        let limit = ["rate_limit_key": "api", "rate_limit_concurrency": "1"]
        try bench.enqueue("a", limit)
        try bench.redis.call(Command("HSET", "rq:rl:api", "concurrency", "1"))
        try bench.redis.call(Command("SADD", "rq:rl-keys", "api"))
        try bench.redis.call(Command("ZADD", "rq:rl:api:allowed", "1", "a"))
        try bench.store("b", limit.merging(["status": "rate_limited"]) { $1 })
        try bench.redis.call(Command("ZADD", "rq:rl:api:rate_limited", "2", "b"))
        try bench.fill("redis.call('ZADD', 'rq:rl:api:rate_limited', 1, 'missing' .. i)")
        _ = try bench.claim()
        try bench.expectBounded("outcome with a limit") {
            _ = try bench.settle(.returned(value: nil))
            return false
        }
        try bench.expectBounded("promotion", atMost: 3000) { try bench.goOn() }
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "b")
        try bench.fill("redis.call('ZADD', 'rq:rl:api:allowed', 1, 'ended' .. i)")
        var place: Int? = 0
        try bench.expectBounded("sweep of a limit", atMost: 3000) {
            let request = bench.scheduler().sweepLimit(
                Array("api".utf8), from: place ?? 0, at: bench.clock)
            place = try bench.read(request) { SchedulerIdentity.readPlace($0).next }
            return place != nil
        }
        #expect(try bench.ask("ZRANGE", "rq:rl:api:allowed", "0", "-1") == "b")
    }

    @Test func `registering, dying and inheriting`() throws {
        let bench = try ScriptBench.registered()
        try bench.fill(
            """
            redis.call('HSET', 'rq:rqd:claims:w1', e, cmsgpack.pack({'default', 'j' .. i}))
            redis.call('SADD', 'rq:queues', 'rq:queue:n' .. i)
            redis.call('SADD', 'rq:worker:w1:executions', 'j' .. i .. ':' .. e)
            redis.call('ZADD', 'rq:wip:default', 2e9, 'j' .. i .. ':' .. e)
            redis.call('SADD', 'rq:workers', 'rq:worker:n' .. i)
            """)
        try bench.expectBounded("birth") {
            let reply = try bench.bear(queues: ["default"])
            guard case .born(let unsettled) = reply else { return false }
            #expect(!unsettled.isEmpty && unsettled.count < 2000)
            return false
        }
        try bench.expectBounded("heartbeat") {
            try bench.beat(nil, at: bench.clock).first == 0
        }
        try bench.redis.call(Command("DEL", "rq:worker:w1", "rq:rqd:claims:w1"))
        var place: String?
        try bench.expectBounded("inherit", atMost: 20) {
            let request = bench.worker.inherit(
                from: "m/b/1 1:1", to: "", at: bench.clock, taken: nil, requeue: true, reason: "",
                failure: "", blamesJob: false, quarantineAfter: 3, goingOnAt: place)
            let reply = try bench.read(request, InheritanceReply.read)
            guard case .inherited(_, let next, _) = reply else { return false }
            place = next
            return next != nil
        }
        #expect(place != nil)
        try bench.expectBounded("death") {
            _ = try bench.read(bench.worker.death(at: bench.clock, holder: nil)) { $0.integer }
            return false
        }
    }
}
