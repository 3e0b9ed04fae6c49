import RedisKit

@testable import RQ

extension RefusalScenario {
    private static let run = String(repeating: "a", count: 32)

    /// The scripts of a worker but `outcome.lua`.
    static let worker: [RefusalScenario] = [
        RefusalScenario("birth: a new name") { try $0.birthRequest() },
        RefusalScenario("birth: the name of another process") { bench in
            try bench.given(
                "HSET rq:worker:w1 birth x death y hostname h pid 7 state busy",
                "EXPIRE rq:worker:w1 60", "HSET rq:rqd:claims:w1 e9 x")
            return try bench.birthRequest()
        },
        RefusalScenario("heartbeat: idle") { bench in
            _ = try bench.bear(queues: ["default"])
            return bench.worker.heartbeat(
                at: bench.later, lifetime: .seconds(500), interval: .seconds(30), running: nil)
        },
        RefusalScenario("heartbeat: of a job") { bench in
            try bench.running()
            return bench.worker.heartbeat(
                at: bench.later, lifetime: .seconds(90), interval: .seconds(30),
                running: (execution: "e1", job: "a", timeoutSeconds: 180, ran: .seconds(30)))
        },
        RefusalScenario("death: with its queues") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            return bench.worker.death(at: bench.clock, holder: "1:1")
        },
        RefusalScenario("death: without its hash") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.given(
                "DEL rq:worker:w1", "SADD rq:queues rq:queue:high rq:queue:default",
                "SADD rq:worker:w1:executions x")
            return bench.worker.death(at: bench.clock, holder: nil)
        },
        RefusalScenario("claim: a job") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.enqueue("a")
            try bench.enqueue("b")
            return bench.claimRequest()
        },
        RefusalScenario("claim: a job with a lifetime, and much beside it") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.enqueue(
                "a", ["rate_limit_key": "api", "worker_name": "old", "started_at": "then"])
            try bench.given(
                "SADD rq:job:a:dependents b", "SADD rq:job::a:dependencies z",
                "EXPIRE rq:job:a 900", "EXPIRE rq:job:a:dependents 900",
                "EXPIRE rq:job::a:dependencies 900", "ZADD rq:executions:a 5 old",
                "EXPIRE rq:executions:a 100")
            return bench.claimRequest()
        },
        RefusalScenario("claim: behind ids that cannot run, from a queue that is not the job's") {
            bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.store("runs", ["status": "started"])
            try bench.enqueue("canceled", ["status": "canceled"])
            try bench.given(
                "LPUSH rq:queue:default runs missing", "RPUSH rq:queue:default text a",
                "SET rq:job:text x", "ZADD rq:executions:runs 1900000000 e0",
                "HSET rq:execution:runs:e0 worker_name w2", "HSET rq:rqd:workers w2 other")
            try bench.store("a", ["status": "queued", "origin": "elsewhere"])
            return bench.claimRequest()
        },
        RefusalScenario("claim: nothing") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            return bench.claimRequest()
        },
        RefusalScenario("claim: while suspended") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.given("SET rq:suspended 1")
            return bench.claimRequest()
        },
        RefusalScenario("handback: to the queue it was taken from") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.store("a", ["status": "queued", "origin": "elsewhere"])
            try bench.given("RPUSH rq:queue:default a b")
            _ = try bench.claim("e1")
            try bench.given("HSET rq:job:a rqd_queued_again high rqd_worker_deaths 1")
            return bench.handBackRequest(requeue: true)
        },
        RefusalScenario("handback: as a failure") { bench in
            try bench.limited()
            try bench.dependents()
            try bench.running("a", ["rate_limit_key": "one"])
            return bench.handBackRequest(requeue: false)
        },
        RefusalScenario("handback: of a job that is gone") { bench in
            try bench.running()
            try bench.given("DEL rq:job:a")
            return bench.handBackRequest(requeue: true)
        },
        RefusalScenario("inherit: what a worker of RQ left") { bench in
            try bench.leftBehind(run)
            return bench.inheritRequest(requeue: true)
        },
        RefusalScenario("inherit: what a worker of RQ left, as failures") { bench in
            try bench.leftBehind(run)
            return bench.inheritRequest(requeue: false)
        },
    ]
}

extension ScriptBench {
    /// Half a minute on.
    var later: Timestamp { Timestamp(epochSeconds: clock.epochSeconds + 30) }

    fileprivate func birthRequest() throws -> ScriptRequest {
        let birth = WorkerBirth(
            birth: clock, queues: ["high", "default"], pid: 4711, hostname: "vm",
            ipAddress: "unknown", version: "3.0.0", pythonVersion: "3.11", host: "m/b/1",
            process: "1:1", registration: "r1")
        return worker.birth(birth, lifetime: .seconds(420), takesOver: false)
    }

    fileprivate func claimRequest() -> ScriptRequest {
        worker.claim(
            "e1", under: "r1", from: ["high", "default"], at: clock, heartbeat: .seconds(30))
    }

    fileprivate func handBackRequest(requeue: Bool) -> ScriptRequest {
        worker.handBack(
            "e1", at: clock, requeue: requeue, reason: "died", blamesJob: true,
            quarantineAfter: 3, holder: "1:1")
    }

    fileprivate func leftBehind(_ run: String) throws {
        try limited()
        try store(
            "a", ["status": "started", "worker_name": "w1", "rate_limit_key": "one"])
        try store("t", ["status": "queued", "started_at": ""])
        try dependents()
        try given(
            "HSET rq:worker:w1 birth x queues high,default", "SADD rq:workers rq:worker:w1",
            "SADD rq:workers:default rq:worker:w1", "HSET rq:rqd:hosted w1 old",
            "SADD rq:worker:w1:executions a:\(run)", "ZADD rq:wip:default 9 a:\(run)",
            "ZADD rq:executions:a 9 \(run)", "HSET rq:execution:a:\(run) worker_name w1",
            "RPUSH rq:queue:default:intermediate a t u",
            "SET rq:queue:default:intermediate:first_seen:a 1.0")
    }

    fileprivate func inheritRequest(requeue: Bool) -> ScriptRequest {
        let at = Timestamp(epochSeconds: clock.epochSeconds - 60)
        return worker.inherit(
            from: "old", to: "new", at: clock,
            taken: TakenJob(queue: "default", id: "t", at: at), requeue: requeue,
            reason: "it died", failure: "it died, alas", blamesJob: true, quarantineAfter: 3)
    }
}
