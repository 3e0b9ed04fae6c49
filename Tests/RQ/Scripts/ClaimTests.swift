import RQ
import RedisKit
import TestSupport
import Testing

/// Taking a job: one atomic step.
@Suite struct ClaimTests {
    @Test func `the first queue with a job is served, whatever lies in the others`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", on: "default")
        try bench.enqueue("b", on: "high")
        let (reply, _) = try bench.claim()
        #expect(reply.jobID == "b")
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
    }

    @Test func `a claimed job has an owner in every place where tools look`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        let (reply, _) = try bench.claim()
        guard case .job(let job) = reply else {
            Issue.record("no job: \(reply)")
            return
        }
        let hash = JobHash(fields: job.fields)
        #expect(hash.status == .started)
        #expect(hash.workerName == "w1")
        #expect(try hash.startedAt == bench.clock)
        #expect(try bench.ask("EXISTS", "rq:queue:default") == "0")
        #expect(try bench.ask("ZSCORE", "rq:wip:default", "a:e1") == "1800000090")
        #expect(try bench.ask("ZSCORE", "rq:executions:a", "e1") == "1800000150")
        #expect(try bench.ask("HGET", "rq:execution:a:e1", "worker_name") == "w1")
        #expect(try bench.ask("TTL", "rq:execution:a:e1") == "90")
        #expect(try bench.ask("SMEMBERS", "rq:worker:w1:executions") == "a:e1")
        #expect(try bench.ask("HMGET", "rq:worker:w1", "state", "current_job") == "busy a")
    }

    @Test func `a claim sent twice brings the same job`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        try bench.enqueue("b")
        #expect(try bench.claim("e1").0.jobID == "a")
        #expect(try bench.claim("e1").0.jobID == "a")
        #expect(try bench.claim("e2").0.jobID == "b")
    }

    @Test func `ids that cannot run are passed over and named`() throws {
        let bench = try ScriptBench.registered()
        try bench.redis.call(Command("RPUSH", "rq:queue:default", "ghost", "text", "half"))
        try bench.redis.call(Command("SET", "rq:job:text", "no hash"))
        try bench.redis.call(Command("HSET", "rq:job:half", "status", "queued"))
        try bench.enqueue("gone", ["status": "canceled"])
        try bench.enqueue("good")
        let (reply, dropped) = try bench.claim()
        #expect(reply.jobID == "good")
        let told = dropped.map { "\($0.id) \($0.reason.rawValue)" }
        #expect(told == ["ghost missing", "text not a hash", "half missing", "gone canceled"])
    }

    @Test func `a queue full of ghosts is cleared in bounded steps`() throws {
        let bench = try ScriptBench.registered()
        for number in 0..<250 {
            try bench.redis.call(Command("RPUSH", "rq:queue:default", .text("ghost-\(number)")))
        }
        try bench.enqueue("good")
        let steps = try (0..<3).map { _ in try bench.claim() }
        #expect(steps.map(\.1.count) == [100, 100, 50])
        #expect(steps[0].0 == .again && steps[1].0 == .again)
        #expect(steps[2].0.jobID == "good")
    }

    @Test func `an id that is queued again while it runs is not run beside itself`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim("e1")
        try bench.redis.call(Command("RPUSH", "rq:queue:default", "a"))
        let (reply, dropped) = try bench.claim("e2")
        #expect(reply == .empty)
        #expect(dropped.map(\.reason) == [.running])
    }

    @Test func `an id that was queued again while it ran runs again afterwards`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim("e1")
        try bench.redis.call(Command("RPUSH", "rq:queue:default", "a"))
        _ = try bench.claim("e2")
        #expect(try bench.settle(.returned(value: nil)) == .finished(resultTTL: 500))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("TTL", "rq:job:a") == "-1")
        #expect(try bench.claim("e3").0.jobID == "a")
        #expect(
            try bench.settle(.returned(value: nil), execution: "e3") == .finished(resultTTL: 500))
        #expect(try bench.ask("EXISTS", "rq:queue:default") == "0")
    }

    @Test func `a job that a Python worker has left started is run when it is queued again`() throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["status": "started"])
        try bench.redis.call(Command("ZADD", "rq:executions:a", "1800000150", "e0"))
        try bench.redis.call(Command("HSET", "rq:execution:a:e0", "worker_name", "python"))
        #expect(try bench.claim().0.jobID == "a")
    }

    @Test func `a queue key of another type is as good as an empty queue`() throws {
        let bench = try ScriptBench.registered()
        try bench.redis.call(Command("SET", "rq:queue:high", "no list"))
        try bench.enqueue("a")
        #expect(try bench.claim().0.jobID == "a")
    }

    @Test(arguments: ["a.b", "with blank", "ünï", String(repeating: "x", count: 10_000)])
    func `any id can be claimed and settled`(id: String) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue(id)
        #expect(try bench.claim().0.jobID == JobID(id))
        #expect(try bench.ask("ZCARD", "rq:wip:default") == "1")
        #expect(try bench.settle(.returned(value: nil)) == .finished(resultTTL: 500))
        #expect(try bench.ask("ZCARD", "rq:wip:default") == "0")
    }

    @Test func `an id with a colon leaves no member that Python would split`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a:b")
        #expect(try bench.claim().0.jobID == "a:b")
        #expect(try bench.ask("EXISTS", "rq:wip:default", "rq:worker:w1:executions") == "0")
        #expect(try bench.ask("HEXISTS", "rq:rqd:claims:w1", "e1") == "1")
        #expect(try bench.settle(.returned(value: nil)) == .finished(resultTTL: 500))
    }

    @Test func `nothing is taken while workers are suspended`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        try bench.redis.call(Command("SET", "rq:suspended", "1"))
        #expect(try bench.claim().0 == .suspended)
        #expect(try bench.ask("HGET", "rq:worker:w1", "state") == "suspended")
        try bench.redis.call(Command("DEL", "rq:suspended"))
        #expect(try bench.claim().0.jobID == "a")
    }

    @Test func `a worker whose hash is gone is told to register before it takes a job`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        try bench.redis.call(Command("DEL", "rq:worker:w1"))
        #expect(try bench.claim().0 == .unregistered)
        #expect(try bench.ask("LLEN", "rq:queue:default") == "1")
    }

    @Test func `a job that the worker may not look at stays in its queue`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        try bench.redis.call(
            Command(
                "ACL", "SETUSER", "default", "resetkeys", "~rq:queue:*", "~rq:worker*",
                "~rq:rqd:*", "~rq:suspended"))
        #expect(throws: (any Error).self) { try bench.claim() }
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
    }

    @Test func `a claim that arrives after a newer registration takes nothing`() throws {
        let bench = try ScriptBench.registered()
        _ = try bench.bear(queues: ["high", "default"], registration: "r2")
        try bench.enqueue("a")
        #expect(try bench.claim("e1", under: "r1").0 == .unregistered)
        #expect(try bench.ask("LLEN", "rq:queue:default") == "1")
        #expect(try bench.claim("e2", under: "r2").0.jobID == "a")
    }

    @Test func `a started job does not expire, and neither do its dependency sets`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["ttl": "100"])
        try bench.redis.call(Command("SADD", "rq:job:a:dependents", "b"))
        for key in ["rq:job:a", "rq:job:a:dependents"] {
            try bench.redis.call(Command("EXPIRE", .text(key), "100"))
        }
        _ = try bench.claim()
        #expect(try bench.ask("TTL", "rq:job:a") == "-1")
        #expect(try bench.ask("TTL", "rq:job:a:dependents") == "-1")
    }

    @Test func `an empty claim is told of the next push, and takes nothing while it waits`() throws
    {
        let bench = try ScriptBench.registered()
        let listener = try bench.server.connect()
        let id = try listener.call(Command("CLIENT", "ID")).integer ?? 0
        try bench.redis.call(
            Command("CLIENT", "TRACKING", "ON", "REDIRECT", .integer(id), "NOLOOP"))
        listener.send(Command("SUBSCRIBE", "__redis__:invalidate"))
        try listener.receive(within: .seconds(5)) { _ in }
        #expect(try bench.claim().0 == .empty)
        let producer = try bench.server.connect()
        try producer.call(Command("RPUSH", "rq:queue:high", "a"))
        var keys: [String] = []
        while keys.isEmpty {
            try listener.receive(within: .seconds(5)) { message in
                guard message.count == 3, message[0].text == "message" else { return }
                keys = message[2].map { $0.text ?? "" }
            }
        }
        #expect(keys == ["rq:queue:high"])
        #expect(try bench.ask("LLEN", "rq:queue:high") == "1")
    }
}

extension ClaimReply {
    /// The id of the job it brought, if it did.
    var jobID: JobID? {
        if case .job(let job) = self { job.id } else { nil }
    }
}
