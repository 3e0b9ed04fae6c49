import RQ
import RedisKit
import Testing

/// What a dead worker of RQ's own leaves behind.
@Suite struct InheritTests {
    private static let execution: String = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    private let bench: ScriptBench
    /// Before the bench's clock.
    private let taken = "2027-01-15T07:59:00.000000Z"

    init() throws { bench = try ScriptBench() }

    private func inherit(
        from holder: String = "", to heir: String = "m/b/1 2:2", taken id: String? = nil,
        requeue: Bool = true, quarantineAfter: Int = 3
    ) throws -> InheritanceReply {
        let at = Timestamp(epochSeconds: bench.clock.epochSeconds - 60)
        let request = bench.worker.inherit(
            from: holder, to: heir, at: bench.clock,
            taken: id.map { TakenJob(queue: "default", id: JobID($0), at: at) },
            requeue: requeue, reason: "it died", failure: "it died, alas", blamesJob: true,
            quarantineAfter: quarantineAfter)
        return try bench.read(request, InheritanceReply.read)
    }

    private func jobs(_ reply: InheritanceReply) -> [String] {
        guard case .inherited(let jobs, nil, _) = reply else { return ["taken"] }
        return jobs.map { "\($0.queue) \($0.id) \($0.fate)" }
    }

    /// Registers the worker as RQ does, and as rqd does that hosts it.
    private func register(holder: String = "m/b/1 1:1") throws {
        _ = try bench.ask("DEL", "rq:worker:w1")
        try bench.ask("HSET", "rq:worker:w1", "birth", "x", "queues", "high,default").check("2")
        _ = try bench.ask("SADD", "rq:workers", "rq:worker:w1")
        _ = try bench.ask("SADD", "rq:workers:default", "rq:worker:w1")
        _ = try bench.ask("HSET", "rq:rqd:hosted", "w1", holder)
    }

    /// Has the worker run a job, as the releases of RQ note it down.
    private func run(_ id: String, _ fields: [String: String] = [:], member: String? = nil) throws {
        var hash = ["status": "started", "worker_name": "w1", "started_at": taken]
        hash.merge(fields) { $1 }
        try bench.enqueue(id, hash)
        _ = try bench.ask("LREM", "rq:queue:default", "0", id)
        _ = try bench.ask("ZADD", "rq:wip:default", "9", member ?? "\(id):\(Self.execution)")
    }

    @Test func `a name that nobody has is taken`() throws {
        #expect(try inherit() == .inherited([], next: nil, leavesWork: false))
        #expect(try bench.ask("HGETALL", "rq:rqd:hosted") == "w1 m/b/1 2:2")
        #expect(try inherit() == .inherited([], next: nil, leavesWork: false))
    }

    @Test func `a name that another process has is refused, and its jobs are left alone`() throws {
        try register()
        try run("a")
        #expect(try inherit() == .taken(process: "m/b/1 1:1", hostname: "", pid: ""))
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "started")
        _ = try bench.ask("HDEL", "rq:rqd:hosted", "w1")
        _ = try bench.ask("HSET", "rq:worker:w1", "hostname", "far", "pid", "7")
        #expect(try inherit() == .taken(process: "", hostname: "far", pid: "7"))
        _ = try bench.bear(queues: ["default"], takesOver: true)
        #expect(try inherit() == .taken(process: "m/b/1 1:1", hostname: "", pid: ""))
    }

    @Test func `a dead holder is shown so, and RQ finds the name free`() throws {
        try register()
        let reply = try inherit(from: "m/b/1 1:1", to: "")
        #expect(reply == .inherited([], next: nil, leavesWork: false))
        #expect(try bench.keys() == ["rq:worker:w1"])
        #expect(try bench.ask("HEXISTS", "rq:worker:w1", "death") == "1")
        #expect(try bench.ask("TTL", "rq:worker:w1") == "60")
    }

    @Test(arguments: [true, false])
    func `a run that RQ 3 lists under the worker is handed back`(isKnownToHash: Bool) throws {
        try register()
        try run("a")
        if !isKnownToHash { _ = try bench.ask("HDEL", "rq:worker:w1", "queues") }
        let run = "a:\(Self.execution)"
        _ = try bench.ask("SADD", "rq:worker:w1:executions", run)
        _ = try bench.ask("HSET", "rq:execution:\(run)", "worker_name", "w1")
        _ = try bench.ask("ZADD", "rq:executions:a", "9", Self.execution)
        try bench.enqueue("b")
        #expect(jobs(try inherit(from: "m/b/1 1:1")) == ["default a requeued(deaths: 1)"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a b")
        #expect(
            try bench.ask("HMGET", "rq:job:a", "status", "rqd_handed_back") == "queued it died")
        let left = try bench.keys()
        #expect(
            left == [
                "rq:job:a", "rq:job:b", "rq:queue:default", "rq:queues", "rq:rqd:hosted",
                "rq:worker:w1",
            ])
    }

    @Test(arguments: ["a", "a:\(execution)"])
    func `a run of earlier releases is known by its job`(member: String) throws {
        try register()
        try run("a", member: member)
        try run("theirs", ["worker_name": "w2"])
        #expect(jobs(try inherit(from: "m/b/1 1:1")) == ["default a requeued(deaths: 1)"])
        #expect(try bench.ask("ZRANGE", "rq:wip:default", "0", "-1") == "theirs:\(Self.execution)")
    }

    @Test func `a job that was so often there fails with its history, or at once if so wanted`()
        throws
    {
        try register()
        try run("a", ["rqd_worker_deaths": "2"])
        #expect(jobs(try inherit(from: "m/b/1 1:1")) == ["default a failed"])
        try register(holder: "m/b/1 2:2")
        try run("b")
        let fate = jobs(try inherit(from: "m/b/1 2:2", requeue: false))
        #expect(fate == ["default b failed"])
        #expect(try bench.ask("HGET", "rq:job:b", "status") == "failed")
        #expect(try bench.ask("ZCARD", "rq:failed:default") == "2")
    }

    @Test func `an id that was taken and never started goes back, from RQ's list in between too`()
        throws
    {
        try bench.enqueue("a", ["status": "odd"])
        _ = try bench.ask("RPOPLPUSH", "rq:queue:default", "rq:queue:default:intermediate")
        #expect(jobs(try inherit(taken: "a")) == ["default a requeued(deaths: 1)"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("EXISTS", "rq:queue:default:intermediate") == "0")
        #expect(jobs(try inherit(taken: "a")) == [])
    }

    @Test func `one that RQ 3 had prepared and not begun goes back once`() throws {
        try register()
        try run("a", ["status": "queued", "started_at": "", "worker_name": ""])
        #expect(
            jobs(try inherit(from: "m/b/1 1:1", taken: "a")) == ["default a requeued(deaths: 1)"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("EXISTS", "rq:wip:default") == "0")
    }

    @Test func `what has an outcome keeps it, though the end was not told any more`() throws {
        let later = "2027-01-15T07:59:30.000000Z"
        try bench.enqueue("done", ["status": "finished", "started_at": later])
        try bench.enqueue("retried", ["started_at": later])
        _ = try bench.ask("DEL", "rq:queue:default")
        #expect(jobs(try inherit(taken: "done")) == [])
        #expect(jobs(try inherit(taken: "retried")) == [])
        #expect(try bench.ask("EXISTS", "rq:queue:default") == "0")
    }

    @Test func `a canceled job stays so, and one that is gone is told`() throws {
        try register()
        try run("a", ["status": "canceled"])
        #expect(jobs(try inherit(from: "m/b/1 1:1", taken: "ghost")) == ["default ghost deleted"])
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "canceled")
        _ = try bench.ask("HSET", "rq:job:c", "data", "x", "status", "canceled")
        #expect(jobs(try inherit(taken: "c")) == ["default c canceled"])
    }
}

extension String {
    /// Stops a test whose preparation went wrong.
    fileprivate func check(_ expected: String) throws { try #require(self == expected) }
}
