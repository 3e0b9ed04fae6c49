import RQ
import RedisKit
import Testing

/// Registries, lists and sets that somebody left in disorder.
@Suite struct SweepTests {
    @Test func `expired entries leave the finished and failed registries, others stay`() throws {
        let bench = try ScriptBench()
        for (member, score) in [("old", "5"), ("new", "1900000000"), ("ever", "inf")] {
            try bench.redis.call(
                Command("ZADD", "rq:finished:default", .text(score), .text(member)))
        }
        try bench.redis.call(Command("ZADD", "rq:failed:default", "-1", "kept"))
        try bench.redis.call(Command("ZADD", "rq:failed:default", "7", "gone"))
        let count = try bench.read(bench.scheduler().expire("default", at: bench.clock)) {
            SchedulerIdentity.readCount($0)
        }
        #expect(count.count == 2 && !count.more)
        #expect(try bench.ask("ZRANGE", "rq:finished:default", "0", "-1") == "new ever")
        #expect(try bench.ask("ZRANGE", "rq:failed:default", "0", "-1") == "kept")
    }

    private func unstick(_ bench: ScriptBench, _ ids: [JobID]) throws -> [String] {
        try bench.read(bench.scheduler().unstick(ids, in: "default", at: bench.clock)) {
            SchedulerIdentity.readSettled($0).map { "\($0.id) \($0.fate)" }
        }
    }

    @Test func `a job stuck in the intermediate list runs again, and is not failed`() throws {
        let bench = try ScriptBench()
        try bench.enqueue("next")
        try bench.store("stuck", ["status": "queued", "origin": "elsewhere"])
        try bench.store("canceled", ["status": "canceled"])
        try bench.store("busy", ["status": "started"])
        let list = "rq:queue:default:intermediate"
        try bench.redis.call(
            Command("RPUSH", .text(list), "stuck", "ghost", "canceled", "busy"))
        try bench.redis.call(Command("SET", .text("\(list):first_seen:stuck"), "1.0"))
        let fates = try unstick(bench, ["stuck", "ghost", "canceled", "busy"])
        #expect(fates == ["stuck requeued", "ghost missing", "canceled stale"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "stuck next")
        #expect(try bench.ask("LRANGE", list, "0", "-1") == "busy")
        #expect(try bench.ask("EXISTS", "\(list):first_seen:stuck") == "0")
        #expect(try unstick(bench, ["stuck"]) == [])
    }

    @Test func `a job that somebody runs is not taken out of the intermediate list`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("HSET", "rq:job:a", "status", "queued"))
        try bench.redis.call(Command("RPUSH", "rq:queue:default:intermediate", "a"))
        #expect(try unstick(bench, ["a"]) == [])
        #expect(try bench.ask("LLEN", "rq:queue:default:intermediate") == "1")
    }

    @Test func `a job that is ready and was not queued is queued`() throws {
        let bench = try ScriptBench()
        try bench.store("a", ["status": "ready_to_enqueue", "enqueue_at_front": "1"])
        try bench.store("b", ["status": "canceled"])
        try bench.enqueue("c")
        try bench.redis.call(Command("ZADD", "rq:ready:default", "1", "a", "2", "b"))
        let count = try bench.read(bench.scheduler().queueReady("default", at: bench.clock)) {
            SchedulerIdentity.readCount($0).count
        }
        #expect(count == 1)
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a c")
        #expect(try bench.ask("EXISTS", "rq:ready:default") == "0")
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "queued")
    }

    private func sweepDeferred(_ bench: ScriptBench) throws -> Int {
        try bench.read(bench.scheduler().queueDeferred("default", from: 0, at: bench.clock)) {
            SchedulerIdentity.readDeferred($0).count
        }
    }

    private func deferJob(_ bench: ScriptBench, after parents: [String], _ allow: Bool = false)
        throws
    {
        try bench.store(
            "child", ["status": "deferred", "allow_dependency_failures": allow ? "1" : "0"])
        try bench.redis.call(Command("ZADD", "rq:deferred:default", "1", "child"))
        for parent in parents {
            try bench.redis.call(Command("SADD", "rq:job::child:dependencies", .text(parent)))
            try bench.redis.call(Command("SADD", .text("rq:job:\(parent):dependents"), "child"))
        }
    }

    @Test(arguments: [
        (["finished"], false, 1), (["finished", "finished"], false, 1),
        (["finished", "started"], false, 0), (["failed"], false, 0), (["failed"], true, 1),
        (["canceled"], true, 0), (["finished", "gone"], false, 1), (["gone"], false, 0),
    ])
    func `a deferred job goes on when its parents have ended as they must`(
        statuses: [String], allow: Bool, expected: Int
    ) throws {
        let bench = try ScriptBench()
        for (index, status) in statuses.enumerated() where status != "gone" {
            try bench.store("p\(index)", ["status": status])
        }
        try deferJob(bench, after: statuses.indices.map { "p\($0)" }, allow)
        #expect(try sweepDeferred(bench) == expected)
        #expect(try bench.ask("LLEN", "rq:queue:default") == "\(expected)")
        #expect(try bench.ask("ZCARD", "rq:deferred:default") == "\(1 - expected)")
        #expect(try sweepDeferred(bench) == 0)
    }

    @Test func `a deferred job whose hash has expired leaves the registry`() throws {
        let bench = try ScriptBench()
        try bench.redis.call(Command("ZADD", "rq:deferred:default", "1", "ghost"))
        #expect(try sweepDeferred(bench) == 0)
        #expect(try bench.ask("EXISTS", "rq:deferred:default") == "0")
    }

    @Test func `workers whose hash is gone leave the sets`() throws {
        let bench = try ScriptBench.registered(["default"])
        try bench.redis.call(Command("SADD", "rq:workers", "rq:worker:dead"))
        try bench.redis.call(Command("SADD", "rq:workers:default", "rq:worker:dead"))
        for queue in [nil, QueueName("default")] {
            let request = bench.scheduler().sweepWorkers(
                of: queue, from: Array("0".utf8), at: bench.clock)
            let page = try bench.read(request) { SchedulerIdentity.readPage($0) }
            #expect(page.next == nil && page.count == 1)
        }
        #expect(try bench.ask("SMEMBERS", "rq:workers") == "rq:worker:w1")
        #expect(try bench.ask("SMEMBERS", "rq:workers:default") == "rq:worker:w1")
    }

    @Test func `jobs that are gone leave their groups, and empty groups their list`() throws {
        let bench = try ScriptBench()
        try bench.store("a", [:])
        try bench.redis.call(Command("SADD", "rq:groups", "g", "empty"))
        try bench.redis.call(Command("SADD", "rq:group:g", "a", "gone"))
        for group in ["g", "empty"] {
            let request = bench.scheduler().sweepGroup(
                Array(group.utf8), from: Array("0".utf8), at: bench.clock)
            _ = try bench.read(request) { $0.count }
        }
        #expect(try bench.ask("SMEMBERS", "rq:group:g") == "a")
        #expect(try bench.ask("SMEMBERS", "rq:groups") == "g")
    }

    @Test func `a slot of a job that has ended goes to the next, and an idle limit is forgotten`()
        throws
    {
        let bench = try ScriptBench()
        try bench.redis.call(Command("SADD", "rq:rl-keys", "api"))
        try bench.redis.call(Command("HSET", "rq:rl:api", "concurrency", "1"))
        try bench.store("a", ["status": "finished"])
        try bench.store("b", ["status": "rate_limited"])
        try bench.redis.call(Command("ZADD", "rq:rl:api:allowed", "1", "a"))
        try bench.redis.call(Command("ZADD", "rq:rl:api:rate_limited", "1", "b"))
        func sweep() throws -> Int? {
            let request = bench.scheduler().sweepLimit(
                Array("api".utf8), from: 0, at: bench.clock)
            return try bench.read(request) { SchedulerIdentity.readPlace($0).count }
        }
        #expect(try sweep() == 1)
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "b")
        #expect(try sweep() == 0)
        try bench.redis.call(Command("HSET", "rq:job:b", "status", "failed"))
        #expect(try sweep() == 1)
        #expect(try bench.ask("EXISTS", "rq:rl-keys", "rq:rl:api", "rq:rl:api:allowed") == "0")
    }

    @Test func `a queued job that is nowhere is found and put back at the front`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("fine", ["enqueued_at": "2026-01-01T00:00:00.000000Z"])
        try bench.store(
            "lost", ["status": "queued", "enqueued_at": "2026-01-01T00:00:00.000000Z"])
        try bench.store(
            "young", ["status": "queued", "enqueued_at": "2027-01-15T07:59:59.000000Z"])
        try bench.store("done", ["status": "finished"])
        try bench.enqueue("run")
        _ = try bench.claim("e1", from: ["none"])
        var found: [QueuedJob] = []
        var cursor: [UInt8]? = Array("0".utf8)
        let before = Timestamp(epochSeconds: bench.clock.epochSeconds - 60)
        while let place = cursor {
            let request = bench.scheduler().search(from: place, before: before, at: bench.clock)
            let page = try bench.read(request) { SchedulerIdentity.readSearch($0) }
            found += page.jobs
            cursor = page.next
        }
        #expect(Set(found.map(\.id)) == ["fine", "lost", "run"])
        func find(putBack: Bool) throws -> [JobID] {
            let request = bench.scheduler().find(found, putBack: putBack, at: bench.clock)
            return try bench.read(request) { SchedulerIdentity.readIDs($0) }
        }
        #expect(try find(putBack: false) == ["lost"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "fine run")
        #expect(try find(putBack: true) == ["lost"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "lost fine run")
        #expect(try find(putBack: true) == [])
    }

    /// Registries, and how long after a job's last enqueueing they had it, in seconds.
    static let places: [(registry: String, lifetime: Int)] = [
        ("finished", 500), ("failed", 31_536_000), ("scheduled", 0), ("deferred", 0),
        ("canceled", 0),
    ]

    @Test(arguments: places)
    func `a job whose producer has saved it late is not lost, and gets its status back`(
        registry: String, lifetime: Int
    ) throws {
        let bench = try ScriptBench.registered()
        let enqueued = bench.clock.epochSeconds - 600
        let job = try Self.late(bench, enqueued, in: registry, until: enqueued + 1 + lifetime)
        let request = bench.scheduler().find([job], putBack: true, at: bench.clock)
        #expect(try bench.read(request) { SchedulerIdentity.readIDs($0) } == [])
        #expect(try bench.ask("LLEN", "rq:queue:default") == "0")
        #expect(try bench.ask("HGET", "rq:job:late", "status") == registry)
    }

    @Test(arguments: places.prefix(2))
    func `a job that was enqueued again after its end can be lost`(
        registry: String, lifetime: Int
    ) throws {
        let bench = try ScriptBench.registered()
        let enqueued = bench.clock.epochSeconds - 200
        let job = try Self.late(bench, enqueued, in: registry, until: enqueued - 100 + lifetime)
        let request = bench.scheduler().find([job], putBack: true, at: bench.clock)
        #expect(try bench.read(request) { SchedulerIdentity.readIDs($0) } == ["late"])
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "late")
    }

    /// A job that says it is queued and has an entry in a registry.
    private static func late(
        _ bench: ScriptBench, _ enqueued: Int, in registry: String, until end: Int
    ) throws -> QueuedJob {
        let since = Timestamp(epochSeconds: enqueued).utcISO
        try bench.store(
            "late",
            ["status": "queued", "enqueued_at": String(decoding: since, as: UTF8.self)])
        try bench.redis.call(
            Command("ZADD", .text("rq:\(registry):default"), .integer(end), "late"))
        return QueuedJob(id: "late", queue: "default", since: since)
    }

    @Test func `a lock of maintenance has one holder until it is released`() throws {
        let bench = try ScriptBench()
        func take(_ name: String, replacing dead: String? = nil) throws -> Int? {
            let request = bench.scheduler(name).take(
                .registries("default"), for: .seconds(899), replacing: dead, at: bench.clock)
            return try bench.read(request) { $0.integer }
        }
        #expect(try take("s1") == 1)
        #expect(try bench.ask("TTL", "rq:clean_registries:default") == "899")
        #expect(try take("s2") == 0)
        #expect(try take("s2", replacing: "s1") == 1)
        for name in ["s1", "s2"] {
            let request = bench.scheduler(name).release(.registries("default"), at: bench.clock)
            _ = try bench.read(request) { $0.integer }
            let left = try bench.ask("EXISTS", "rq:clean_registries:default")
            #expect(left == (name == "s1" ? "1" : "0"))
        }
    }
}
