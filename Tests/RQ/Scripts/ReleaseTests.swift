import RQ
import RedisKit
import Testing

/// The form in which the readers of the application's own rq find a job that runs.
@Suite struct ReleaseTests {
    private static let rq1 = RQRelease(text: "1.16.2")

    @Test(arguments: [
        ("1.15.1", true, ""), ("1.16.2", true, ""), ("2.0.0", false, ""), ("2.1.0", false, ":"),
        ("2.6.1", false, ":"), ("2.8.0", false, "[^%w_-]"), ("2.10.0rc1", false, "[^%w_-]"),
        ("3.0.0", false, "[^%w_-]"), ("unknown", false, "[^%w_-]"),
    ])
    func `a release's text tells what its readers need`(
        text: String, isBare: Bool, refused: String
    ) {
        let release = RQRelease(text: text)
        #expect(release.listsBareIDs == isBare)
        #expect(release.refusedInIDs == refused)
        #expect(release.recordsBeforeHandlers == isBare)
    }

    @Test(arguments: ["a", "site.example||a", "a:b"])
    func `under rq 1 the started registry has the bare id, until the end`(id: String) throws {
        for isSuccess in [true, false] {
            let bench = try ScriptBench.registered()
            try bench.enqueue(id)
            #expect(try bench.claim(for: Self.rq1).0.jobID == JobID(id))
            #expect(try bench.ask("ZRANGE", "rq:wip:default", "0", "-1") == id)
            #expect(try bench.ask("HGET", "rq:worker:w1", "current_job") == id)
            let end = Outcome.Kind.returned(value: nil)
            _ = try bench.settle(isSuccess ? end : .failed(text: "E: e"))
            #expect(try bench.ask("EXISTS", "rq:wip:default", "rq:rqd:claims:w1") == "0")
            #expect(try bench.ask("HEXISTS", "rq:worker:w1", "current_job") == "0")
        }
    }

    @Test(arguments: [
        ("2.0.0", "site.example||a:b", true), ("2.6.1", "site.example||a", true),
        ("2.6.1", "a:b", false), ("2.12.0", "site.example||a", false), ("3.0.0", "a", true),
    ])
    func `current_job is shown where its readers accept the id`(
        release: String, id: String, isShown: Bool
    ) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue(id)
        _ = try bench.claim(for: RQRelease(text: release))
        #expect(try bench.ask("HEXISTS", "rq:worker:w1", "current_job") == (isShown ? "1" : "0"))
    }

    @Test func `a heartbeat renews the lease under the bare id`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim(for: Self.rq1)
        #expect(try bench.beat("e1", at: bench.later) == [1, 1])
        let members = try bench.ask("ZRANGE", "rq:wip:default", "0", "-1", "WITHSCORES")
        #expect(members == "a 1800000120")
    }

    @Test func `a job handed back leaves no bare id`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim(for: Self.rq1)
        #expect(try bench.handBack() == .requeued(deaths: 1))
        #expect(try bench.ask("EXISTS", "rq:wip:default") == "0")
    }

    @Test func `maintenance leaves the bare id alone that a worker of rqd's has claimed`() throws {
        let bench = try ScriptBench.registered()
        for id in ["a", "b"] { try bench.enqueue(id) }
        _ = try bench.claim("e1", for: Self.rq1)
        // Another one's, of RQ 1, whose worker is gone.
        try bench.redis.call(Command("HSET", "rq:job:b", "status", "started", "worker_name", "w1"))
        try bench.redis.call(Command("LREM", "rq:queue:default", "0", "b"))
        try bench.redis.call(Command("ZADD", "rq:wip:default", "1", "a", "1", "b"))
        let request = bench.scheduler().settleAbandoned("default", passing: 0, at: bench.clock)
        let settled = try bench.read(request) { SchedulerIdentity.readAbandoned($0)?.settled }
        #expect(settled?.map(\.id) == ["b"])
        #expect(try bench.ask("ZRANGE", "rq:wip:default", "0", "-1") == "a")
        #expect(try bench.settle(.returned(value: nil)) == .finished(resultTTL: 500))
    }

    // Somebody's tool has cleaned `wip`.

    @Test(arguments: [RQRelease.reference, rq1])
    func `an outcome is kept though a tool has cleaned the started registry`(
        release: RQRelease
    ) throws {
        for status in ["started", "queued", "scheduled"] {
            let bench = try ScriptBench.registered()
            try bench.enqueue("a")
            _ = try bench.claim(for: release)
            // A producer may have saved the job late, too.
            try bench.redis.call(Command("HSET", "rq:job:a", "status", .text(status)))
            try bench.redis.call(Command("DEL", "rq:wip:default"))
            #expect(try bench.settle(.returned(value: [1])) == .finished(resultTTL: 500))
            #expect(try bench.ask("HGET", "rq:job:a", "status") == "finished")
            #expect(try bench.ask("XLEN", "rq:results:a") == "1")
        }
    }

    @Test func `a job whose lease a tool has cleaned goes back when its worker dies`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("DEL", "rq:wip:default"))
        #expect(try bench.handBack() == .requeued(deaths: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
    }

    @Test func `the next heartbeat restores a lease that a tool has cleaned`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("ZREM", "rq:wip:default", "a:e1"))
        #expect(try bench.beat("e1", at: bench.clock) == [1, 1])
        #expect(try bench.ask("ZCARD", "rq:wip:default") == "1")
    }

    @Test(arguments: ["put back", "put back later", "taken", "run anew", "run anew by RQ 1"])
    func `an outcome is lost where another process has decided`(deed: String) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("DEL", "rq:wip:default"))
        let commands: [Command]
        switch deed {
        case "put back":
            commands = [
                Command("HSET", "rq:job:a", "status", "queued"),
                Command("RPUSH", "rq:queue:default", "a"),
            ]
        case "put back later":
            commands = [
                Command("HSET", "rq:job:a", "status", "scheduled"),
                Command("ZADD", "rq:scheduled:default", "1900000000", "a"),
            ]
        case "taken":
            commands = [
                Command("HSET", "rq:job:a", "status", "queued"),
                Command("RPUSH", "rq:queue:default:intermediate", "a"),
            ]
        case "run anew":
            commands = [
                Command("HSET", "rq:job:a", "worker_name", "w2"),
                Command("HSET", "rq:execution:a:e2", "worker_name", "w2"),
                Command("ZADD", "rq:executions:a", "1900000000", "e2"),
            ]
        case _:
            commands = [
                Command("HSET", "rq:job:a", "worker_name", "w2"),
                Command("HSET", "rq:worker:w2", "current_job", "a"),
            ]
        }
        for command in commands { try bench.redis.call(command) }
        let status = try bench.ask("HGET", "rq:job:a", "status")
        #expect(try bench.beat("e1", at: bench.clock) == [1, 0])
        #expect(try bench.settle(.returned(value: nil)) == .lost(status: status))
        #expect(try bench.ask("EXISTS", "rq:results:a", "rq:rqd:claims:w1") == "0")
    }
}
