import RQ
import RedisKit
import TestSupport
import Testing

/// Moving due jobs, and the lock of a queue.
@Suite struct ScheduleTests {
    @Test func `only jobs whose time has come are moved, the earliest first`() throws {
        let bench = try ScriptBench()
        try bench.schedule("later", after: 1)
        try bench.schedule("second", after: 0)
        try bench.schedule("first", after: -5)
        let pass = try bench.pass()
        #expect(pass.moved == ["first", "second"])
        #expect(pass.wait == .seconds(1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "first second")
        #expect(try bench.ask("SMEMBERS", "rq:queues") == "rq:queue:default")
        let hash = try bench.ask("HMGET", "rq:job:first", "status", "enqueued_at")
        #expect(hash == "queued 2027-01-15T08:00:00.000000Z")
        #expect(try bench.ask("HGET", "rq:job:later", "status") == "scheduled")
    }

    @Test func `only what changes is written, so that others' changes survive`() throws {
        let bench = try ScriptBench()
        try bench.schedule("a", after: 0, ["meta": "progress", "retries_left": "2"])
        let before = try bench.ask("HMGET", "rq:job:a", "data", "meta", "retries_left")
        _ = try bench.pass()
        #expect(try bench.ask("HMGET", "rq:job:a", "data", "meta", "retries_left") == before)
        #expect(try bench.ask("HLEN", "rq:job:a") == "9")
    }

    @Test func `a canceled or deleted job is not brought back`() throws {
        let bench = try ScriptBench()
        try bench.schedule("canceled", after: 0, ["status": "canceled"])
        try bench.redis.call(Command("ZADD", "rq:scheduled:default", "1", "deleted"))
        try bench.redis.call(Command("ZADD", "rq:scheduled:default", "1", "broken"))
        try bench.redis.call(Command("SET", "rq:job:broken", "no hash"))
        let pass = try bench.pass()
        #expect(pass.moved == [])
        #expect(pass.dropped == 3)
        #expect(try bench.ask("EXISTS", "rq:queue:default", "rq:scheduled:default") == "0")
        #expect(try bench.ask("HGET", "rq:job:canceled", "status") == "canceled")
    }

    @Test(arguments: [
        ([:], "b a"), (["enqueue_at_front": "1"], "a b"),
        (["enqueue_at_front_on_retry": "1"], "b a"),
        (["enqueue_at_front_on_retry": "1", "ended_at": "2026-11-23T08:46:55.792975Z"], "a b"),
    ])
    func `a job goes to the end of its queue it came for`(
        fields: [String: String], order: String
    ) throws {
        let bench = try ScriptBench()
        try bench.enqueue("b")
        try bench.schedule("a", after: 0, fields)
        _ = try bench.pass()
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == order)
    }

    @Test func `a job's ttl begins anew in the queue`() throws {
        let bench = try ScriptBench()
        try bench.schedule("a", after: 0, ["ttl": "77"])
        _ = try bench.pass()
        #expect(try bench.ask("TTL", "rq:job:a") == "77")
    }

    @Test func `many due jobs are moved in bounded steps`() throws {
        let bench = try ScriptBench()
        for number in 0..<5 { try bench.schedule("j\(number)", after: -1) }
        let steps = try (0..<3).map { _ in try bench.pass(most: 2) }
        #expect(steps.map(\.moved.count) == [2, 2, 1])
        #expect(steps[0].wait != nil && steps[2].wait == nil)
    }

    @Test func `a job with a rate limit gets in line for a slot`() throws {
        let bench = try ScriptBench()
        let limit = ["rate_limit_key": "api", "rate_limit_concurrency": "1"]
        try bench.schedule("a", after: -2, limit)
        try bench.schedule("b", after: -1, limit)
        _ = try bench.pass()
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a")
        #expect(try bench.ask("ZRANGE", "rq:rl:api:allowed", "0", "-1") == "a")
        #expect(try bench.ask("ZRANGE", "rq:rl:api:rate_limited", "0", "-1") == "b")
        #expect(try bench.ask("HGET", "rq:job:b", "status") == "rate_limited")
        #expect(try bench.ask("HGET", "rq:rl:api", "concurrency") == "1")
        #expect(try bench.ask("SMEMBERS", "rq:rl-keys") == "api")
    }

    @Test func `the lock is a name that lives for 61 s, and is renewed`() throws {
        let bench = try ScriptBench()
        let first = try bench.pass()
        #expect(first.isNew)
        #expect(try bench.ask("GET", "rq:scheduler-lock:default") == "s1")
        try bench.redis.call(Command("EXPIRE", "rq:scheduler-lock:default", "5"))
        let second = try bench.pass()
        #expect(!second.isNew)
        #expect(try bench.ask("TTL", "rq:scheduler-lock:default") == "61")
    }

    @Test func `a queue that another scheduler serves is left alone`() throws {
        let bench = try ScriptBench()
        try bench.schedule("a", after: 0)
        try bench.redis.call(
            Command("SET", "rq:scheduler-lock:default", "4711", "PX", "30000"))
        let reply = try bench.read(bench.scheduler().pass(over: "default", at: bench.clock)) {
            (reply) throws(WireError) in try PassReply.read(reply)
        }
        guard case .held(let holder, let process, let expiry) = reply else {
            Issue.record("not held: \(reply)")
            return
        }
        #expect(holder == "4711" && process == "")
        #expect(expiry.map { $0 > .seconds(25) && $0 <= .seconds(30) } == true)
        #expect(try bench.ask("ZCARD", "rq:scheduled:default") == "1")
    }

    @Test func `the lock of a scheduler that is known to be dead is taken over`() throws {
        let bench = try ScriptBench()
        _ = try bench.pass()
        let card = SchedulerCard(
            pid: 7, hostname: "vm", createdAt: bench.clock, host: "m/b/1", process: "7:7")
        _ = try bench.read(bench.scheduler().beat(card, at: bench.clock)) { $0.integer }
        let other = bench.scheduler("s2")
        let held = try bench.read(other.pass(over: "default", at: bench.clock)) {
            (reply) throws(WireError) in try PassReply.read(reply)
        }
        guard case .held("s1", "m/b/1 7:7", _) = held else {
            Issue.record("not held by the first: \(held)")
            return
        }
        let taken = try bench.read(
            other.pass(over: "default", at: bench.clock, replacing: "s1")
        ) { (reply) throws(WireError) in try PassReply.read(reply) }
        guard case .mine(let pass) = taken else {
            Issue.record("not taken: \(taken)")
            return
        }
        #expect(pass.isNew)
        #expect(try bench.ask("GET", "rq:scheduler-lock:default") == "s2")
    }

    @Test func `a scheduler that ends releases its own locks and no other`() throws {
        let bench = try ScriptBench()
        _ = try bench.pass()
        try bench.redis.call(Command("SET", "rq:scheduler-lock:high", "other"))
        let card = SchedulerCard(
            pid: 7, hostname: "vm", createdAt: bench.clock, host: "h", process: "p")
        _ = try bench.read(bench.scheduler().beat(card, at: bench.clock)) { $0.integer }
        #expect(try bench.ask("TTL", "rq:scheduler:s1") == "61")
        let release = bench.scheduler().release(["default", "high"], at: bench.clock)
        _ = try bench.read(release) { $0.integer }
        #expect(try bench.keys() == ["rq:scheduler-lock:high"])
    }

    @Test func `a scheduler's name is its pid to Python, and no other's`() throws {
        let bench = try ScriptBench()
        func beat(_ name: String, _ host: String, _ process: String) throws -> String {
            let card = SchedulerCard(
                pid: 8, hostname: "vm", createdAt: bench.clock, host: host, process: process)
            let identity = SchedulerIdentity(keys: bench.worker.keys, name: name)
            return try bench.read(identity.beat(card, at: bench.clock)) {
                (reply) throws(WireError) in try BeatReply.read(reply)
            }.name
        }
        #expect(SchedulerIdentity(keys: bench.worker.keys, pid: 8).name == "08")
        #expect(try beat("08", "a", "8:1") == "08")
        #expect(try beat("08", "a", "8:1") == "08")
        #expect(try beat("08", "b", "8:1") == "008")
        #expect(try beat("008", "b", "8:1") == "008")
        #expect(try beat("08", "a", "8:2") == "0008")
        #expect(try bench.ask("HMGET", "rq:scheduler:008", "name", "pid", "rqd_host") == "008 8 b")
    }

    @Test func `a waiting scheduler is told of a new job and of a released lock`() throws {
        let bench = try ScriptBench()
        let listener = try bench.server.connect()
        let id = try listener.call(Command("CLIENT", "ID")).integer ?? 0
        try bench.redis.call(
            Command("CLIENT", "TRACKING", "ON", "REDIRECT", .integer(id), "NOLOOP"))
        listener.send(Command("SUBSCRIBE", "__redis__:invalidate"))
        try listener.receive(within: .seconds(5)) { _ in }
        func next() throws -> [String] {
            var keys: [String] = []
            while keys.isEmpty {
                try listener.receive(within: .seconds(5)) { message in
                    guard message.count == 3, message[0].text == "message" else { return }
                    keys = message[2].map { $0.text ?? "" }
                }
            }
            return keys
        }
        let producer = try bench.server.connect()
        _ = try bench.pass()
        try producer.call(Command("ZADD", "rq:scheduled:default", "1900000000", "a"))
        #expect(try next() == ["rq:scheduled:default"])
        try producer.call(Command("SET", "rq:scheduler-lock:default", "other"))
        #expect(try next() == ["rq:scheduler-lock:default"])
        _ = try bench.read(bench.scheduler().pass(over: "default", at: bench.clock)) { $0.count }
        try producer.call(Command("DEL", "rq:scheduler-lock:default"))
        #expect(try next() == ["rq:scheduler-lock:default"])
    }
}

extension ScriptBench {
    func scheduler(_ name: String = "s1") -> SchedulerIdentity {
        SchedulerIdentity(keys: worker.keys, name: name)
    }

    /// Schedules a job as rq does.
    func schedule(_ id: String, after seconds: Int, _ fields: [String: String] = [:]) throws {
        try store(id, fields.merging(["status": "scheduled"]) { given, _ in given })
        try redis.call(
            Command(
                "ZADD", "rq:scheduled:default", .integer(clock.epochSeconds + seconds), .text(id)))
    }

    /// Writes a job's hash.
    func store(_ id: String, _ fields: [String: String]) throws {
        var hash = [
            "data": "x", "origin": "default", "timeout": "180", "description": "f()",
            "created_at": "2026-11-23T08:46:55.792975Z",
        ]
        hash.merge(fields) { $1 }
        var command = Command("HSET", .text("rq:job:\(id)"))
        for (name, value) in hash { command.append(contentsOf: [.text(name), .text(value)]) }
        try redis.call(command)
    }

    /// A pass over the queue default, whose lock must be free or ours.
    func pass(most: Int = 100) throws -> SchedulerPass {
        let reply = try read(scheduler().pass(over: "default", at: clock, most: most)) {
            (reply) throws(WireError) in try PassReply.read(reply)
        }
        guard case .mine(let pass) = reply else {
            Issue.record("another scheduler has the lock: \(reply)")
            return SchedulerPass(isNew: false, wait: nil, dropped: 0, moved: [])
        }
        return pass
    }
}
