import RQ
import RedisKit
import Testing

/// Clocks that differ: the server's decides.
@Suite struct ClockTests {
    /// A bench that goes by the server's clock.
    private func bench() throws -> ScriptBench {
        var bench = try ScriptBench()
        bench.usesServerTime = true
        _ = try bench.bear(queues: ["high", "default"])
        return bench
    }

    private func serverTime(_ bench: ScriptBench) throws -> Timestamp {
        let time = try bench.redis.call(Command("TIME"), timeout: .seconds(5)) {
            Timestamp(serverTime: $0)
        }
        return try #require(time)
    }

    @Test(arguments: [
        0, 1, 86_399, 86_400, 68_169_599, 68_169_600, 951_782_399, 951_782_400, 1_078_012_800,
        1_796_063_934, 4_107_542_400, 253_402_300_799,
    ])
    func `a script writes the server's time as RQ does`(seconds: Int) throws {
        let bench = try ScriptBench()
        let script = ScriptBench.atTime(
            bench.worker.death(at: bench.clock, holder: nil).script,
            [
                "\(seconds)", "000042",
            ])
        let source = String(decoding: script.source, as: UTF8.self)
        let head = try #require(source.firstRange(of: "local worker_key")).lowerBound
        let text = String(source[..<head]) + "return {tostring(NOW), NOWF, ISO}"
        let reply = try bench.redis.call(
            Command("EVAL", .text(text), 0, "rq", "w", "", "1", "1.0", "x"))
        let moment = Timestamp(microseconds: seconds * 1_000_000 + 42)
        #expect(reply.array?.last?.text == String(decoding: moment.utcISO, as: UTF8.self))
        let read = try Timestamp(
            epochText: Array((reply.array?[1].text ?? "").utf8), field: "now")
        #expect(abs(read.microseconds - moment.microseconds) <= 16)
    }

    @Test(arguments: [100, -100])
    func `a scheduler whose clock is wrong settles no live run, nor moves what is not due`(
        ahead: Int
    ) throws {
        let bench = try bench()
        let now = try serverTime(bench)
        let wrong = Timestamp(epochSeconds: now.epochSeconds + ahead)
        let run = String(repeating: "a", count: 32)
        try bench.store("live", ["status": "started"])
        try bench.redis.call(
            Command("ZADD", "rq:wip:default", .integer(now.epochSeconds + 30), .text("live:\(run)"))
        )
        try bench.store("dead", ["status": "started"])
        try bench.redis.call(
            Command("ZADD", "rq:wip:default", .integer(now.epochSeconds - 30), .text("dead:\(run)"))
        )
        let settled = try bench.read(
            bench.scheduler().settleAbandoned("default", passing: 0, at: wrong)
        ) { SchedulerIdentity.readAbandoned($0)?.settled }
        #expect(settled == [SettledJob(id: "dead", fate: .failed)])

        for (id, after) in [("due", -20), ("later", 50)] {
            try bench.store(id, ["status": "scheduled"])
            try bench.redis.call(
                Command(
                    "ZADD", "rq:scheduled:default", .integer(now.epochSeconds + after), .text(id)))
        }
        let reply = try bench.read(bench.scheduler().pass(over: "default", at: wrong)) {
            (reply) throws(WireError) in try PassReply.read(reply)
        }
        guard case .mine(let pass) = reply else {
            Issue.record("another scheduler has the lock: \(reply)")
            return
        }
        #expect(pass.moved == ["due"])
        let wait = try #require(pass.wait)
        #expect(wait > .seconds(40) && wait <= .seconds(50))
        // The registries' lifetimes are decided in the same way.
        try bench.redis.call(
            Command("ZADD", "rq:finished:default", .integer(now.epochSeconds + 50), "kept"))
        let count = try bench.read(bench.scheduler().expire("default", at: wrong)) {
            SchedulerIdentity.readCount($0).count
        }
        #expect(count == 0)
    }

    @Test(arguments: [100, -100])
    func `a worker's leases are by the server's clock, its job's times by its own`(
        ahead: Int
    ) throws {
        // The bench's clock is far from the server's; a worker ends its job by that.
        let bench = try bench()
        try bench.enqueue("a")
        _ = try bench.claim()
        let now = try serverTime(bench)
        let run = "a:e1"
        let lease = try #require(Double(try bench.ask("ZSCORE", "rq:wip:default", run)))
        #expect(abs(lease - Double(now.epochSeconds + 90)) < 20)
        let wrong = Timestamp(epochSeconds: now.epochSeconds + ahead)
        #expect(try bench.beat("e1", at: wrong) == [1, 1])
        let renewed = try #require(Double(try bench.ask("ZSCORE", "rq:wip:default", run)))
        #expect(abs(renewed - Double(now.epochSeconds + 90)) < 20)
        // A host with another clock does not hand back what is alive.
        let reply = try bench.read(
            bench.worker.reclaim("e1", at: wrong, requeue: true, reason: "", quarantineAfter: 3)
        ) { reply in reply[0].text }
        #expect(reply == "alive")
        _ = try bench.settle(.returned(value: nil))
        #expect(
            try bench.ask("HMGET", "rq:job:a", "started_at", "ended_at")
                == "2027-01-15T08:00:00.000000Z 2027-01-15T08:00:02.500000Z")
        let kept = try #require(Double(try bench.ask("ZSCORE", "rq:finished:default", "a")))
        #expect(abs(kept - Double(now.epochSeconds + 500)) < 20)
    }

    @Test func `a heartbeat tells the server's time`() throws {
        let bench = try bench()
        let before = try serverTime(bench)
        let request = bench.worker.heartbeat(
            at: bench.clock, lifetime: .seconds(30), interval: .seconds(30), running: nil)
        let reply = try bench.read(request) { (reply) throws(WireError) in
            try HeartbeatReply(reply)
        }
        #expect(reply.isRegistered && reply.lease == .held && !reply.hasUnfinishedWork)
        #expect(reply.serverTime >= before)
        #expect(reply.serverTime - before < .seconds(60))
    }

    @Test func `where TIME is not permitted the sender's clock is used`() throws {
        let bench = try bench()
        try bench.redis.call(
            Command("ACL", "SETUSER", "default", "-time"))
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.ask("HGET", "rq:job:a", "started_at") == "2027-01-15T08:00:00.000000Z")
    }
}
