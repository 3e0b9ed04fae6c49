import RQ
import RedisKit
import Testing

/// Recording what became of a job: once, and only while the claim is held.
@Suite struct OutcomeTests {
    @Test func `a returned value is stored as rq stores it`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.settle(.returned(value: [1, 2, 3])) == .finished(resultTTL: 500))
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "finished")
        #expect(try bench.ask("HGET", "rq:job:a", "ended_at") == "2027-01-15T08:00:02.500000Z")
        #expect(try bench.ask("TTL", "rq:job:a") == "500")
        #expect(try bench.ask("TTL", "rq:results:a") == "500")
        #expect(try bench.ask("ZSCORE", "rq:finished:default", "a") == "1800000502")
        let entry = try bench.ask("XRANGE", "rq:results:a", "-", "+")
        #expect(entry.contains("type 1 worker_name w1 return_value AQID execution_id e1"))
        #expect(entry.contains("execution_started_at 1800000000.0 execution_ended_at 1800000002.5"))
    }

    @Test func `nothing of the execution is left, and the worker is idle`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        _ = try bench.settle(.returned(value: nil))
        let rest = try bench.keys()
        #expect(
            rest == [
                "rq:finished:default", "rq:job:a", "rq:results:a", "rq:rqd:workers", "rq:worker:w1",
                "rq:workers", "rq:workers:default", "rq:workers:high",
            ])
        let worker = try bench.ask(
            "HMGET", "rq:worker:w1", "state", "successful_job_count", "total_working_time",
            "current_job")
        #expect(worker == "idle 1 2.5 ")
    }

    @Test func `an outcome counts once, however often it is sent`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        _ = try bench.settle(.returned(value: nil))
        #expect(try bench.settle(.returned(value: nil)) == .gone)
        #expect(try bench.ask("XLEN", "rq:results:a") == "1")
        #expect(try bench.ask("HGET", "rq:worker:w1", "successful_job_count") == "1")
    }

    @Test func `a result that nobody wants goes with its job`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["result_ttl": "0", "group_id": "g"])
        try bench.redis.call(Command("SADD", "rq:group:g", "a"))
        _ = try bench.claim()
        #expect(try bench.settle(.returned(value: [1])) == .finished(resultTTL: 0))
        let left = try bench.ask(
            "EXISTS", "rq:job:a", "rq:results:a", "rq:finished:default", "rq:group:g")
        #expect(left == "0")
    }

    @Test func `a result may be kept for ever`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["result_ttl": "-1"])
        _ = try bench.claim()
        #expect(try bench.settle(.returned(value: [1])) == .finished(resultTTL: -1))
        #expect(try bench.ask("TTL", "rq:job:a") == "-1")
        #expect(try bench.ask("ZSCORE", "rq:finished:default", "a") == "inf")
    }

    @Test func `a failure is kept for a year, its result as well`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.settle(.failed(text: "ValueError: boom")) == .failed)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "failed")
        #expect(try bench.ask("TTL", "rq:job:a") == "31536000")
        #expect(try bench.ask("TTL", "rq:results:a") == "31536000")
        #expect(try bench.ask("ZSCORE", "rq:failed:default", "a") == "1831536002")
        #expect(try bench.ask("HGET", "rq:worker:w1", "failed_job_count") == "1")
    }

    @Test func `a retry goes back to its queue, at once or later`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["retries_left": "2", "retry_intervals": "[0, 30]"])
        _ = try bench.claim("e1")
        #expect(try bench.settle(.failed(text: "x"), execution: "e1") == .retried(left: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        _ = try bench.claim("e2")
        let fate = try bench.settle(.failed(text: "x"), execution: "e2")
        #expect(fate == .scheduled(left: 0, after: .seconds(30)))
        #expect(try bench.ask("ZSCORE", "rq:scheduled:default", "a") == "1800000032")
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "scheduled")
    }

    @Test func `a returned Retry is granted so many times, then the job fails`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        let retry = RetryRequest(max: 1, intervals: [0], atFront: false, value: [7])
        _ = try bench.claim("e1")
        #expect(try bench.settle(.retry(retry), execution: "e1") == .retried(left: 0))
        _ = try bench.claim("e2")
        #expect(try bench.settle(.retry(retry), execution: "e2") == .failed)
        let entries = try bench.ask("XRANGE", "rq:results:a", "-", "+")
        #expect(entries.contains("type 4 worker_name w1 return_value Bw=="))
        #expect(entries.contains("type 5 worker_name w1"))
    }

    @Test func `a repeat runs again with the next interval`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["repeats_left": "2", "repeat_intervals": "[5, 7]"])
        _ = try bench.claim()
        _ = try bench.settle(.returned(value: nil))
        #expect(try bench.ask("ZSCORE", "rq:scheduled:default", "a") == "1800000007")
        let fields = try bench.ask(
            "HMGET", "rq:job:a", "repeats_left", "repeat_intervals", "status")
        #expect(fields == "1 [7] scheduled")
        #expect(try bench.ask("TTL", "rq:job:a") == "-1")
    }

    @Test func `a dependent is queued when its last parent has finished`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        try bench.enqueue("b")
        try bench.redis.call(
            Command("HSET", "rq:job:c", "data", "x", "status", "deferred", "origin", "low"))
        try bench.redis.call(Command("ZADD", "rq:deferred:low", "1", "c"))
        try bench.redis.call(Command("SADD", "rq:job::c:dependencies", "a", "b"))
        for parent in ["a", "b"] {
            try bench.redis.call(Command("SADD", .text("rq:job:\(parent):dependents"), "c"))
        }
        _ = try bench.claim("e1")
        _ = try bench.settle(.returned(value: nil), execution: "e1")
        #expect(try bench.ask("EXISTS", "rq:queue:low") == "0")
        _ = try bench.claim("e2")
        _ = try bench.settle(.returned(value: nil), execution: "e2")
        #expect(try bench.ask("LRANGE", "rq:queue:low", "0", "-1") == "c")
        #expect(try bench.ask("HGET", "rq:job:c", "status") == "queued")
        #expect(try bench.ask("EXISTS", "rq:deferred:low") == "0")
    }

    @Test func `what the job's code changed on the job takes effect`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        var changed = FieldList()
        changed.append("result_ttl", "7")
        changed.append("description", "new")
        let fate = try bench.settle(.returned(value: nil), changed: changed)
        #expect(fate == .finished(resultTTL: 7))
        #expect(try bench.ask("HGET", "rq:job:a", "description") == "new")
    }

    @Test func `an outcome without a lease changes nothing`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        // What a cleaner of another worker does with a lease that has run out.
        try bench.redis.call(Command("ZREM", "rq:wip:default", "a:e1"))
        try bench.redis.call(Command("HSET", "rq:job:a", "status", "failed"))
        #expect(try bench.settle(.returned(value: nil)) == .lost(status: "failed"))
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "failed")
        #expect(try bench.ask("EXISTS", "rq:results:a", "rq:rqd:claims:w1") == "0")
    }

    @Test func `a job that was deleted while it ran stays deleted`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("DEL", "rq:job:a"))
        #expect(try bench.settle(.returned(value: [1])) == .deleted)
        #expect(try bench.ask("EXISTS", "rq:job:a", "rq:results:a") == "0")
    }

    @Test func `a job that was canceled while it ran stays canceled and keeps its result`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("ZREM", "rq:wip:default", "a:e1"))
        try bench.redis.call(Command("HSET", "rq:job:a", "status", "canceled"))
        #expect(try bench.settle(.returned(value: [1])) == .canceled)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "canceled")
        #expect(try bench.ask("XLEN", "rq:results:a") == "1")
    }
}
