import RQ
import RedisKit
import Testing

/// A job that was taken from another queue than the one that it names.
@Suite struct OriginTests {
    private let bench: ScriptBench

    init() throws {
        bench = try ScriptBench.registered()
        _ = try bench.ask(
            "HSET", "rq:job:a", "data", "x", "status", "queued", "origin", "elsewhere",
            "retries_left", "2", "retry_intervals", "[0, 9]")
        _ = try bench.ask("RPUSH", "rq:queue:default", "a")
        #expect(try bench.claim("e1").0.jobID == "a")
    }

    @Test func `it is handed back to the queue that it was taken from`() throws {
        #expect(try bench.handBack("e1") == .requeued(deaths: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("EXISTS", "rq:queue:elsewhere", "rq:wip:elsewhere") == "0")
    }

    /// Source: rq 3.0, `Worker.handle_job_failure` and `Job.retry`: the queue is the one of the
    /// dequeue, and becomes the job's origin.
    @Test func `it is tried again, and repeated, where rq does so`() throws {
        #expect(try bench.settle(.failed(text: "boom"), execution: "e1") == .retried(left: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("HGET", "rq:job:a", "origin") == "default")
        #expect(try bench.claim("e2").0.jobID == "a")
        let fate = try bench.settle(.failed(text: "boom"), execution: "e2")
        #expect(fate == .scheduled(left: 0, after: .seconds(9)))
        #expect(try bench.ask("ZSCORE", "rq:scheduled:default", "a") == "1800000011")
        #expect(try bench.ask("EXISTS", "rq:queue:elsewhere", "rq:wip:elsewhere") == "0")
    }

    @Test func `its failure is listed with the queue that it names, as rq does`() throws {
        _ = try bench.ask("HDEL", "rq:job:a", "retries_left")
        #expect(try bench.settle(.failed(text: "boom"), execution: "e1") == .failed)
        #expect(try bench.ask("ZCARD", "rq:failed:elsewhere") == "1")
    }

    @Test func `a claim of an earlier release is settled as well`() throws {
        // What it wrote: the queue of the job's registries and the id, without the queue it lay in.
        let packed: [UInt8] = [0x92, 0xa9] + Array("elsewhere".utf8) + [0xa1, 0x61]
        try bench.redis.call(Command("HSET", "rq:rqd:claims:w1", "e1", .bytes(packed)))
        #expect(try bench.handBack("e1") == .requeued(deaths: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:elsewhere", "0", "-1") == "a")
    }
}
