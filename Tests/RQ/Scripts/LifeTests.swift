import RQ
import RedisKit
import Testing

/// Registration, leases, hand-backs and the end of a worker.
@Suite struct LifeTests {
    @Test func `a registered worker is in the sets that rq reads`() throws {
        let bench = try ScriptBench.registered(["high", "low"])
        #expect(try bench.ask("SMEMBERS", "rq:workers") == "rq:worker:w1")
        #expect(try bench.ask("SMEMBERS", "rq:workers:low") == "rq:worker:w1")
        let hash = try bench.ask("HMGET", "rq:worker:w1", "queues", "pid", "hostname", "state")
        #expect(hash == "high,low 4711 vm idle")
        #expect(try bench.ask("TTL", "rq:worker:w1") == "480")
    }

    @Test func `a name in use is not taken, but that of a dead process is`() throws {
        let bench = try ScriptBench.registered()
        let reply = try bench.bear(queues: ["high"], process: "2:2")
        #expect(reply == .taken(process: "m/b/1 1:1", hostname: "vm", pid: "4711", listeners: 0))
        #expect(
            try bench.bear(queues: ["high"], process: "2:2", takesOver: true)
                == .born(unsettled: []))
    }

    @Test func `the name of a Python worker is respected`() throws {
        let bench = try ScriptBench()
        try bench.redis.call(
            Command("HSET", "rq:worker:w1", "birth", "x", "hostname", "other", "pid", "9"))
        let reply = try bench.bear(queues: ["high"])
        #expect(reply == .taken(process: "", hostname: "other", pid: "9", listeners: 0))
    }

    @Test func `a worker that registers again keeps its counts`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        _ = try bench.settle(.returned(value: nil))
        #expect(try bench.bear(queues: ["high"]) == .born(unsettled: []))
        #expect(try bench.ask("HGET", "rq:worker:w1", "successful_job_count") == "1")
    }

    @Test func `a successor is told what its name has not settled`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim("e1")
        let reply = try bench.bear(queues: ["high"], process: "2:2", takesOver: true)
        #expect(reply == .born(unsettled: ["e1"]))
    }

    @Test func `a job handed back is the first of its queue, with the reason`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        try bench.enqueue("b")
        _ = try bench.claim()
        #expect(try bench.handBack() == .requeued(deaths: 1))
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "a b")
        let hash = try bench.ask("HMGET", "rq:job:a", "status", "rqd_handed_back", "worker_name")
        #expect(hash == "queued its worker died ")
        #expect(try bench.ask("EXISTS", "rq:wip:default", "rq:executions:a") == "0")
        #expect(try bench.handBack() == .gone)
    }

    @Test func `what the successor of a dead process has claimed is not handed back for the dead`()
        throws
    {
        let bench = try ScriptBench.registered()
        _ = try bench.bear(queues: ["default"], process: "2:2", takesOver: true)
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.handBack(holder: "m/b/1 1:1") == .gone)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "started")
        #expect(try bench.handBack(holder: "m/b/1 2:2") == .requeued(deaths: 1))
    }

    @Test func `a job that has taken down three workers fails`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        for (execution, fate): (ExecutionID, Fate) in [
            ("e1", .requeued(deaths: 1)), ("e2", .requeued(deaths: 2)), ("e3", .failed),
        ] {
            _ = try bench.claim(execution)
            #expect(try bench.handBack(execution) == fate)
        }
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "failed")
        #expect(try bench.ask("ZCARD", "rq:failed:default") == "1")
        #expect(try bench.ask("XLEN", "rq:results:a") == "1")
    }

    @Test func `a hand-back that blames nobody does not count`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        for execution: ExecutionID in ["e1", "e2", "e3", "e4"] {
            _ = try bench.claim(execution)
            #expect(try bench.handBack(execution, blamesJob: false) == .requeued(deaths: 0))
        }
    }

    @Test func `a heartbeat renews the lease and the registration`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        let later = Timestamp(epochSeconds: bench.clock.epochSeconds + 30)
        #expect(try bench.beat("e1", at: later) == [1, 1])
        #expect(try bench.ask("ZSCORE", "rq:wip:default", "a:e1") == "1800000120")
        let beat = try bench.ask("HGET", "rq:job:a", "last_heartbeat")
        #expect(beat == "2027-01-15T08:00:30.000000Z")
        #expect(try bench.ask("TTL", "rq:worker:w1") == "90")
    }

    @Test(arguments: [(5, 15), (1, 11), (30, 90), (300, 360)])
    func `a lease is three heartbeats, a minute more than one at most`(
        interval: Int, lease: Int
    ) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["timeout": "3600"])
        let claim = bench.worker.claim(
            "e1", under: "r1", from: ["default"], at: bench.clock, heartbeat: .seconds(interval))
        _ = try bench.read(claim) { $0.count }
        let end = "\(bench.clock.epochSeconds + lease)"
        func lives() throws -> [String] {
            [
                try bench.ask("TTL", "rq:worker:w1"), try bench.ask("TTL", "rq:execution:a:e1"),
                try bench.ask("ZSCORE", "rq:wip:default", "a:e1"),
            ]
        }
        #expect(try lives() == ["\(lease)", "\(lease)", end])
        let beat = bench.worker.heartbeat(
            at: bench.clock, lifetime: .seconds(420), interval: .seconds(interval),
            running: ("e1", "a", 3600, .seconds(1)))
        _ = try bench.read(beat) { $0.count }
        #expect(try lives() == ["\(lease)", "\(lease)", end])
    }

    @Test func `a heartbeat shows a job as started that its producer has saved late`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(
            Command("HSET", "rq:job:a", "status", "queued", "worker_name", "", "started_at", ""))
        #expect(try bench.beat("e1", at: bench.clock) == [1, 1])
        #expect(try bench.ask("HMGET", "rq:job:a", "status", "worker_name") == "started w1")
    }

    @Test func `a heartbeat tells what somebody else has removed`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("ZREM", "rq:wip:default", "a:e1"))
        try bench.redis.call(Command("HSET", "rq:job:a", "status", "failed"))
        #expect(try bench.beat("e1", at: bench.clock) == [1, 0])
        try bench.redis.call(Command("DEL", "rq:worker:w1"))
        #expect(try bench.beat(nil, at: bench.clock) == [0, 1])
        #expect(try bench.ask("EXISTS", "rq:worker:w1") == "0")
    }

    @Test func `a heartbeat tells that somebody else has handed the job back`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        _ = try bench.handBack()
        #expect(try bench.beat("e1", at: bench.clock) == [1, -1])
        try bench.redis.call(Command("DEL", "rq:job:a"))
        #expect(try bench.beat("e1", at: bench.clock) == [1, 0])
    }

    @Test func `a hash that is gone stays gone, whatever its worker does`() throws {
        for end: (ScriptBench) throws -> Fate in [
            { try $0.settle(.failed(text: "E: e")) }, { try $0.handBack() },
        ] {
            let bench = try ScriptBench.registered()
            try bench.enqueue("a")
            _ = try bench.claim()
            try bench.redis.call(Command("DEL", "rq:job:a"))
            _ = try bench.beat("e1", at: bench.clock)
            #expect(try bench.ask("EXISTS", "rq:job:a") == "0")
            #expect(try end(bench) == .deleted)
            #expect(try bench.redis.call(Command("KEYS", "rq:job*")).array?.count == 0)
        }
    }

    @Test func `a worker that ends leaves its hash for a minute, with its death`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.beat("e1", at: bench.clock, isStopping: true) == [1, 1])
        #expect(try bench.beat("e1", at: bench.later, isStopping: true) == [1, 1])
        _ = try bench.settle(.returned(value: nil))
        #expect(try bench.die() == 1)
        #expect(try bench.keys().filter { $0.contains("worker") } == ["rq:worker:w1"])
        let told = try bench.ask(
            "HMGET", "rq:worker:w1", "death", "shutdown_requested_date", "successful_job_count",
            "rqd_host", "rqd_process", "rqd_registration")
        let moment = "2027-01-15T08:00:00.000000Z"
        #expect(told == "\(moment) \(moment) 1   ")
        #expect(try bench.ask("TTL", "rq:worker:w1") == "60")
        #expect(try bench.claim("e2").0 == .unregistered)
        #expect(try bench.beat(nil, at: bench.clock) == [0, 1])
    }

    @Test func `a name is free as soon as its worker has ended, and counts begin anew`() throws {
        for process in ["1:1", "2:2"] {
            let bench = try ScriptBench.registered()
            try bench.enqueue("a")
            _ = try bench.claim()
            _ = try bench.settle(.returned(value: nil))
            #expect(try bench.die() == 1)
            #expect(try bench.bear(queues: ["high"], process: process) == .born(unsettled: []))
            let told = try bench.ask("HMGET", "rq:worker:w1", "death", "successful_job_count")
            #expect(told == " ")
            #expect(try bench.ask("TTL", "rq:worker:w1") == "480")
        }
    }

    @Test func `the name of one that died with a job in hand is free, and its claim is known`()
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.die() == 1)
        #expect(
            try bench.bear(queues: ["high"], process: "1:1") == .born(unsettled: ["e1"]))
        #expect(try bench.ask("HEXISTS", "rq:worker:w1", "death") == "0")
    }

    @Test func `a worker without a hash leaves none`() throws {
        let bench = try ScriptBench.registered()
        try bench.redis.call(Command("DEL", "rq:worker:w1"))
        #expect(try bench.die() == 1)
        #expect(try bench.ask("EXISTS", "rq:worker:w1", "rq:workers") == "0")
    }

    @Test func `a worker that was replaced does not unregister its successor`() throws {
        let bench = try ScriptBench.registered()
        _ = try bench.bear(queues: ["high"], process: "2:2", takesOver: true)
        #expect(
            try bench.read(bench.worker.death(at: bench.clock, holder: "m/b/1 1:1")) {
                $0.integer
            } == 0)
        #expect(try bench.ask("EXISTS", "rq:worker:w1") == "1")
    }
}
