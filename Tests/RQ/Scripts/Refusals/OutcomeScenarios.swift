import RedisKit

@testable import RQ

extension RefusalScenario {
    /// The ends that `outcome.lua` records.
    static let outcomes: [RefusalScenario] = [
        RefusalScenario("outcome: returned, nothing else") { bench in
            try bench.running()
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: returned, kept for ever") { bench in
            try bench.running("a", ["result_ttl": "-1"])
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: returned, with dependents, a rate limit and changed fields") {
            bench in
            try bench.limited()
            try bench.dependents()
            try bench.running("a", ["rate_limit_key": "one", "ended_at": "then"])
            try bench.given(
                "XADD rq:results:a * type 1", "EXPIRE rq:results:a 700",
                "ZADD rq:finished:default 5 a")
            var changed = FieldList()
            changed.append("description", "new")
            changed.append("result_ttl", "7")
            return bench.outcome(.returned(value: [1]), changed: changed)
        },
        RefusalScenario("outcome: returned, and nobody wants the value") { bench in
            try bench.limited()
            try bench.running("a", ["rate_limit_key": "one", "result_ttl": "0", "group_id": "g"])
            try bench.given("SADD rq:group:g a z")
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: returned, and was queued again") { bench in
            try bench.running()
            try bench.given("HSET rq:job:a rqd_queued_again high")
            return bench.outcome(.returned(value: nil))
        },
        RefusalScenario("outcome: repeats at once, on the queue it was taken from") { bench in
            _ = try bench.bear(queues: ["high", "default"])
            try bench.store("a", ["origin": "elsewhere", "repeats_left": "2", "ttl": "60"])
            try bench.given("RPUSH rq:queue:default a")
            _ = try bench.claim("e1")
            return bench.outcome(.returned(value: nil))
        },
        RefusalScenario("outcome: repeats later") { bench in
            try bench.running("a", ["repeats_left": "2", "repeat_intervals": "[5,7]"])
            return bench.outcome(.returned(value: nil))
        },
        RefusalScenario("outcome: failed") { bench in
            try bench.limited()
            try bench.dependents()
            try bench.given("HSET rq:job:b allow_dependency_failures 1")
            try bench.running("a", ["rate_limit_key": "one"])
            return bench.outcome(.failed(text: "boom"))
        },
        RefusalScenario("outcome: failed, not to be kept") { bench in
            try bench.running("a", ["failure_ttl": "0", "group_id": "g"])
            try bench.given("SADD rq:group:g a z", "HSET rq:job:a rqd_queued_again high")
            return bench.outcome(.failed(text: "boom"))
        },
        RefusalScenario("outcome: failed, kept for ever, once more") { bench in
            try bench.running("a", ["failure_ttl": "-1", "ended_at": "then"])
            try bench.given(
                "ZADD rq:failed:default 5 a", "XADD rq:results:a * type 2",
                "EXPIRE rq:results:a 700")
            return bench.outcome(.failed(text: "boom"))
        },
        RefusalScenario("outcome: failed, only to be marked") { bench in
            try bench.running()
            return bench.outcome(.stopped(text: "stopped"), listsFailure: false)
        },
        RefusalScenario("outcome: tried again at once") { bench in
            try bench.running("a", ["retries_left": "2", "enqueue_at_front_on_retry": "1"])
            try bench.given("RPUSH rq:queue:default z")
            return bench.outcome(.failed(text: "boom"))
        },
        RefusalScenario("outcome: tried again later") { bench in
            try bench.limited()
            try bench.running(
                "a", ["retries_left": "1", "retry_intervals": "[9]", "rate_limit_key": "one"])
            return bench.outcome(.failed(text: "boom"))
        },
        RefusalScenario("outcome: returned a Retry") { bench in
            try bench.running("a", ["failure_ttl": "90"])
            let retry = RetryRequest(max: 2, intervals: [3], atFront: true, value: [7])
            return bench.outcome(.retry(retry))
        },
        RefusalScenario("outcome: returned a Retry once too often") { bench in
            try bench.running("a", ["number_of_retries": "2"])
            let retry = RetryRequest(max: 2, intervals: [3], atFront: true, value: [7])
            return bench.outcome(.retry(retry))
        },
        RefusalScenario("outcome: of a job that was canceled") { bench in
            try bench.running("a", ["result_ttl": "90"])
            try bench.given("HSET rq:job:a status canceled", "ZREM rq:wip:default a:e1")
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: of a job that was deleted") { bench in
            try bench.limited()
            try bench.running("a", ["rate_limit_key": "one"])
            try bench.given("DEL rq:job:a")
            return bench.outcome(.returned(value: [1]))
        },
        RefusalScenario("outcome: of a lost lease") { bench in
            try bench.running()
            try bench.given("ZREM rq:wip:default a:e1")
            return bench.outcome(.returned(value: [1]))
        },
    ]
}
