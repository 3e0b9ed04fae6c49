import RQ
import RedisKit
import Testing

/// Maintenance on a server that holds a hundred thousand of everything: no step grows with that.
@Suite(.serialized) struct GrowthSweepTests {
    @Test func `runs that nobody ends, in a queue that is full`() throws {
        let bench = try ScriptBench()
        try bench.fill(
            """
            redis.call('ZADD', 'rq:wip:default', 1, 'j' .. i .. ':' .. e)
            redis.call('HSET', 'rq:job:j' .. i, 'data', 'x', 'origin', 'default',
              'status', i % 2 == 0 and 'queued' or 'started')
            redis.call('RPUSH', 'rq:queue:default', 'other' .. i)
            redis.call('SADD', 'rq:job:j1:dependents', 'd' .. i)
            redis.call('RPUSH', 'rq:queue:default:intermediate', 'k' .. i)
            """)
        var passing = 0
        try bench.expectBounded("abandoned", atMost: 50) {
            let request = bench.scheduler().settleAbandoned(
                "default", passing: passing, at: bench.clock)
            let reply = try bench.read(request) { SchedulerIdentity.readAbandoned($0) }
            passing += reply?.left ?? 0
            return reply?.more == true
        }
        let stuck = (1...100).map { JobID("k\($0)") }
        try bench.expectBounded("unstick") {
            _ = try bench.read(bench.scheduler().unstick(stuck, in: "default", at: bench.clock)) {
                SchedulerIdentity.readSettled($0)
            }
            return false
        }
        let queued = stuck.map { QueuedJob(id: $0, queue: "default", since: []) }
        try bench.expectBounded("search for the lost", forbidden: ["hkeys"]) {
            _ = try bench.read(bench.scheduler().find(queued, putBack: true, at: bench.clock)) {
                SchedulerIdentity.readIDs($0)
            }
            return false
        }
    }

    @Test func `jobs that are due, or ready, with and without a rate limit`() throws {
        let bench = try ScriptBench()
        try bench.fill(
            """
            redis.call('HSET', 'rq:job:j' .. i, 'data', 'x', 'origin', 'default',
              'status', 'scheduled', 'rate_limit_key', 'api', 'rate_limit_concurrency', 100000)
            redis.call('ZADD', 'rq:scheduled:default', 1, 'j' .. i)
            redis.call('HSET', 'rq:job:r' .. i, 'data', 'x', 'origin', 'default',
              'status', 'ready_to_enqueue')
            redis.call('ZADD', 'rq:ready:default', 1, 'r' .. i)
            """)
        try bench.expectBounded("schedule", atMost: 5000) {
            let pass = try bench.pass()
            return pass.moved.count + pass.dropped > 0
        }
        try bench.expectBounded("promotion", atMost: 5000) { try bench.goOn() }
        #expect(try bench.ask("LLEN", "rq:queue:default") == "\(ScriptBench.many)")
        try bench.expectBounded("ready", atMost: 5000) {
            try bench.read(bench.scheduler().queueReady("default", at: bench.clock)) {
                SchedulerIdentity.readCount($0).more
            }
        }
        #expect(try bench.ask("LLEN", "rq:queue:default") == "\(2 * ScriptBench.many)")
    }

    @Test func `a deferred job whose very many parents have ended is queued in steps`() throws {
        let bench = try ScriptBench()
        try bench.fill(
            """
            redis.call('SADD', 'rq:job::d:dependencies', 'p' .. i)
            redis.call('ZADD', 'rq:deferred:default', i, 'missing' .. i)
            """)
        try bench.store("p7", ["status": "finished"])
        try bench.store("d", ["status": "deferred"])
        try bench.redis.call(Command("ZADD", "rq:deferred:default", "0", "d"))
        var place: Int? = 0
        try bench.expectBounded("deferred", atMost: 5000) {
            let request = bench.scheduler().queueDeferred(
                "default", from: place ?? 0, at: bench.clock)
            place = try bench.read(request) { SchedulerIdentity.readDeferred($0).next }
            return place != nil
        }
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "d")
        #expect(try bench.ask("EXISTS", "rq:deferred:default") == "0")
    }

    @Test func `what has expired or is gone`() throws {
        let bench = try ScriptBench()
        try bench.fill(
            """
            redis.call('ZADD', 'rq:finished:default', 1, 'j' .. i)
            redis.call('ZADD', 'rq:failed:default', 1, 'j' .. i)
            redis.call('SADD', 'rq:workers', 'rq:worker:n' .. i)
            redis.call('SADD', 'rq:group:g', 'j' .. i)
            """)
        let scheduler = bench.scheduler()
        let start = Array("0".utf8)
        try bench.expectBounded("expire", atMost: 20) {
            try bench.read(scheduler.expire("default", at: bench.clock)) {
                SchedulerIdentity.readCount($0).more
            }
        }
        try bench.expectBounded("sweep of workers") {
            _ = try bench.read(scheduler.sweepWorkers(of: nil, from: start, at: bench.clock)) {
                SchedulerIdentity.readPage($0).count
            }
            return false
        }
        try bench.expectBounded("sweep of a group") {
            _ = try bench.read(
                scheduler.sweepGroup(Array("g".utf8), from: start, at: bench.clock)
            ) { SchedulerIdentity.readPage($0).count }
            return false
        }
        try bench.expectBounded("search") {
            _ = try bench.read(scheduler.search(from: start, before: bench.clock, at: bench.clock))
            {
                SchedulerIdentity.readSearch($0).jobs
            }
            return false
        }
    }
}
