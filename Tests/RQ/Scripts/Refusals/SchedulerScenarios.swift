import RedisKit

@testable import RQ

extension RefusalScenario {
    private static let run = String(repeating: "a", count: 32)

    /// The scripts of a scheduler.
    static let scheduler: [RefusalScenario] = [
        RefusalScenario("schedule: jobs that are due") { bench in
            try bench.schedule("a", after: -1, ["ttl": "60"])
            try bench.schedule("b", after: -1, ["enqueue_at_front": "1", "origin": "old"])
            try bench.schedule("canceled", after: -1, ["status": "canceled"])
            let limit = ["rate_limit_key": "api", "rate_limit_concurrency": "1"]
            try bench.schedule("c", after: -1, limit)
            try bench.schedule("d", after: -1, limit.merging(["enqueue_at_front": "1"]) { $1 })
            try bench.schedule("later", after: 60)
            return bench.scheduler().pass(over: "default", at: bench.clock)
        },
        RefusalScenario("schedule: under another's lock") { bench in
            try bench.given("SET rq:scheduler-lock:default other EX 60")
            return bench.scheduler().pass(over: "default", at: bench.clock)
        },
        RefusalScenario("beat") { bench in
            try bench.given("HSET rq:scheduler:s1 name s1 pid 1", "EXPIRE rq:scheduler:s1 20")
            return bench.request(
                MaintenanceScripts.beat, as: "s1", "61", "name", "s1", "last_heartbeat", "now")
        },
        RefusalScenario("lock") { bench in
            try bench.given("SET rq:clean_groups s1 EX 20")
            return bench.scheduler().take(
                .groups, for: .seconds(61), replacing: nil, at: bench.clock)
        },
        RefusalScenario("release") { bench in
            try bench.given(
                "HSET rq:scheduler:s1 name s1", "SET rq:scheduler-lock:default s1",
                "SET rq:rqd:cron other")
            return bench.scheduler().release(["default"], at: bench.clock)
        },
        RefusalScenario("expired") { bench in
            try bench.given(
                "ZADD rq:finished:default 5 a 6 b 1900000000 c", "ZADD rq:failed:default 7 d -1 e")
            return bench.scheduler().expire("default", at: bench.clock)
        },
        RefusalScenario("abandoned: runs of all kinds") { bench in
            try bench.limited()
            try bench.abandon("a", run, ["rate_limit_key": "one"])
            try bench.dependents()
            try bench.abandon("now", run, ["retries_left": "2"])
            try bench.abandon("then", run, ["retries_left": "2", "retry_intervals": "[10]"])
            try bench.abandon("waits", run, ["status": "queued"])
            try bench.given(
                "RPUSH rq:queue:default:intermediate waits", "ZADD rq:wip:default 5 gone:\(run)")
            return bench.scheduler().settleAbandoned("default", passing: 0, at: bench.clock)
        },
        RefusalScenario("reclaim") { bench in
            try bench.running()
            try bench.given("ZADD rq:wip:default 5 a:e1", "DEL rq:execution:a:e1")
            return bench.worker.reclaim(
                "e1", at: bench.clock, requeue: true, reason: "gone", quarantineAfter: 3)
        },
        RefusalScenario("unstick") { bench in
            try bench.store("a", ["status": "queued"])
            try bench.store("b", ["status": "canceled"])
            try bench.given(
                "RPUSH rq:queue:default:intermediate x a b missing",
                "SET rq:queue:default:intermediate:first_seen:a 1.0")
            return bench.scheduler().unstick(["a", "b", "missing"], in: "default", at: bench.clock)
        },
        RefusalScenario("ready") { bench in
            try bench.store("a", ["status": "ready_to_enqueue"])
            try bench.store("b", ["status": "canceled"])
            try bench.given("ZADD rq:ready:default 1 a 2 b")
            return bench.scheduler().queueReady("default", at: bench.clock)
        },
        RefusalScenario("deferred") { bench in
            try bench.store("p", ["status": "finished"])
            try bench.store("a", ["status": "deferred", "dependency_ids": "[\"p\"]"])
            try bench.store("b", ["status": "deferred"])
            try bench.given(
                "SADD rq:job:p:dependents a b", "SADD rq:job::b:dependencies p",
                "ZADD rq:deferred:default 1 a 2 b 3 gone")
            return bench.scheduler().queueDeferred("default", from: 0, at: bench.clock)
        },
        RefusalScenario("workers") { bench in
            try bench.given(
                "SADD rq:workers rq:worker:gone rq:worker:gone2 rq:worker:w1",
                "HSET rq:worker:w1 a b")
            return bench.scheduler().sweepWorkers(of: nil, from: [48], at: bench.clock)
        },
        RefusalScenario("group") { bench in
            try bench.given("SADD rq:group:g a b", "SADD rq:groups g")
            return bench.scheduler().sweepGroup(Array("g".utf8), from: [48], at: bench.clock)
        },
        RefusalScenario("limit: a slot goes to the next") { bench in
            try bench.limited()
            try bench.store("a", ["status": "finished"])
            return bench.scheduler().sweepLimit(Array("one".utf8), from: 0, at: bench.clock)
        },
        RefusalScenario("limit: nobody uses it") { bench in
            try bench.given(
                "HSET rq:rl:one concurrency 1", "SADD rq:rl-keys one", "ZADD rq:rl:one:allowed 5 a")
            return bench.scheduler().sweepLimit(Array("one".utf8), from: 0, at: bench.clock)
        },
        RefusalScenario("scan") { bench in
            try bench.store("a", ["status": "queued", "enqueued_at": "2001"])
            return bench.scheduler().search(from: [48], before: bench.clock, at: bench.clock)
        },
        RefusalScenario("putback") { bench in
            try bench.store("a", ["status": "queued", "enqueued_at": "2001"])
            try bench.store("b", ["status": "queued", "enqueued_at": "2001"])
            let jobs = ["a", "b"].map {
                QueuedJob(id: JobID($0), queue: "default", since: Array("2001".utf8))
            }
            try bench.given("SADD rq:queues rq:queue:default")
            return bench.scheduler().find(jobs, putBack: true, at: bench.clock)
        },
        RefusalScenario("late saves") { bench in
            for id in ["a", "b"] { try bench.store(id, ["enqueued_at": "2001-01-01T00:00:00Z"]) }
            try bench.given("ZADD rq:rqd:ended 1800000000 finished:a 1800000000 failed:b")
            return bench.scheduler().removeLateSaves(
                endedSince: Timestamp(epochSeconds: 0), from: 0, at: bench.clock)
        },
        RefusalScenario("cron") { bench in
            try bench.given("SET rq:rqd:cron s1", "ZADD rq:cron_jobs 5 e")
            return bench.request(
                MaintenanceScripts.cron, as: "s1", "e", "1800000000", "a", "default", "data", "x",
                "origin", "default")
        },
        RefusalScenario("cronbeat: shown") { bench in
            bench.request(MaintenanceScripts.cronBeat, as: "s1", "h:1:abc", "name", "h:1:abc")
        },
        RefusalScenario("cronbeat: hidden") { bench in
            try bench.given(
                "HSET rq:cron_scheduler:h name h", "ZADD rq:cron_schedulers 5 h")
            return bench.request(MaintenanceScripts.cronBeat, as: "s1", "h")
        },
    ]
}

extension ScriptBench {
    fileprivate func abandon(_ id: String, _ run: String, _ fields: [String: String]) throws {
        try store(id, fields.merging(["status": "started"]) { given, _ in given })
        try given(
            "ZADD rq:wip:default 5 \(id):\(run)", "ZADD rq:executions:\(id) 65 \(run)",
            "HSET rq:execution:\(id):\(run) worker_name old")
    }
}
