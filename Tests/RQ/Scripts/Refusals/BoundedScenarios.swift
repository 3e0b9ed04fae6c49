import RedisKit

@testable import RQ

extension RefusalScenario {
    /// Steps that leave something to later ones, and those that go on with it.
    static let bounded: [RefusalScenario] = [
        RefusalScenario("outcome: with very many dependents") { bench in
            try bench.running()
            for number in 0..<51 { try bench.given("SADD rq:job:a:dependents d\(number)") }
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: with a dependent that has many parents") { bench in
            try bench.dependents()
            for number in 0..<20 {
                try bench.store("p\(number)", ["status": number < 19 ? "finished" : "queued"])
                try bench.given("SADD rq:job::b:dependencies p\(number)")
            }
            try bench.running()
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: with very many that wait for its rate limit") { bench in
            try bench.limited()
            for number in 0..<200 { try bench.given("ZADD rq:rl:one:rate_limited 1 x\(number)") }
            try bench.running("a", ["rate_limit_key": "one"])
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("resume: nothing is left") { $0.resumeRequest() },
        RefusalScenario("resume: another goes on") { bench in
            try bench.given("ZADD rq:rqd:unfinished 5 promote:x", "SET rq:rqd:resuming w2 EX 2")
            return bench.resumeRequest()
        },
        RefusalScenario("resume: dependents, the last") { bench in
            try bench.setAside(["b", "c", "canceled", "gone"])
            return bench.resumeRequest()
        },
        RefusalScenario("resume: dependents, and more is left") { bench in
            let others = (0..<60).map { "x\($0)" }
            try bench.setAside(["b", "c"] + others)
            try bench.given("ZADD rq:rqd:unfinished 9 later", "SET rq:rqd:resuming w1 EX 2")
            return bench.resumeRequest()
        },
        RefusalScenario("resume: a rate limit") { bench in
            try bench.limited()
            try bench.given("ZREM rq:rl:one:allowed a")
            try bench.redis.call(Command("ZADD", "rq:rqd:unfinished", "5", "promote one"))
            return bench.resumeRequest()
        },
        RefusalScenario("claim: of a job with runs that are over") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.enqueue("a")
            try bench.given(
                "ZADD rq:executions:a 1900000000 e7 1900000001 e8", "EXPIRE rq:executions:a 900")
            return bench.worker.claim(
                "e1", under: "r1", from: ["high", "default"], at: bench.clock,
                heartbeat: .seconds(30))
        },
        RefusalScenario("deferred: of many parents") { bench in
            try bench.store(
                "b", ["status": "deferred", "rqd_waits_for": "p1", "rqd_look": "x 0"])
            try bench.store("c", ["status": "deferred", "rqd_waits_for": "p1"])
            for number in 0..<20 {
                try bench.store("p\(number)", ["status": "finished"])
                try bench.given("SADD rq:job::b:dependencies p\(number)")
            }
            try bench.store("q", ["status": "queued"])
            try bench.given(
                "SADD rq:job::c:dependencies q p1", "ZADD rq:deferred:default 1 b 2 c")
            return bench.scheduler().queueDeferred("default", from: 0, at: bench.clock)
        },
        RefusalScenario("claimed") { bench in
            try bench.running()
            return bench.worker.queue(of: "e1", at: bench.clock)
        },
    ]
}

extension ScriptBench {
    fileprivate func resumeRequest() -> ScriptRequest { worker.resume(at: clock) }

    /// Dependents of a job `a` that has finished, as `release_dependents` sets them aside: `c` has a
    /// second parent that has not ended.
    fileprivate func setAside(_ ids: [String]) throws {
        try dependents()
        try given("DEL rq:job:a:dependents")
        try store("a", ["status": "finished"])
        try store("s", ["status": "started"])
        try store("canceled", ["status": "canceled"])
        try given("EXPIRE rq:job:a 500", "SADD rq:job::c:dependencies s")
        for id in ids { try given("SADD rq:rqd:releasing:5.0:a \(id)") }
        try redis.call(Command("ZADD", "rq:rqd:unfinished", "5", "release finished 5.0 a"))
    }
}
