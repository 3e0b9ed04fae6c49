import RedisKit

@testable import RQ

extension RefusalScenario {
    /// The scripts of the client library.
    static let client: [RefusalScenario] = [
        RefusalScenario("enqueue: jobs of all kinds") { bench in
            try bench.store("p", ["status": "started"])
            let fields = ["2", "data", "x", "origin", "default"]
            var words = ["5"]
            words += ["a", "default", "", "1", "1", "60", "", "", "0", "0", "0"] + fields
            words += ["b", "default", "1900000000", "1", "0", "", "g", "", "0", "0", "0"] + fields
            words += ["c", "default", "", "0", "0", "", "", "", "0", "0", "1", "p"] + fields
            words += ["d", "default", "", "0", "0", "", "", "api", "1", "0", "0"] + fields
            words += ["e", "default", "", "0", "0", "", "", "api", "1", "0", "0"] + fields
            return bench.client(ClientScripts.enqueue, words)
        },
        RefusalScenario("cancel") { bench in
            try bench.limited()
            try bench.store("a", ["status": "queued", "rate_limit_key": "one"])
            try bench.dependents()
            try bench.given(
                "RPUSH rq:queue:default x a y", "SADD rq:job::a:dependencies p",
                "SADD rq:job:p:dependents a")
            return bench.client(ClientScripts.cancel, ["a", "1", "1"])
        },
        RefusalScenario("requeue") { bench in
            try bench.store("a", ["status": "failed", "exc_info": "x", "started_at": "then"])
            try bench.given("ZADD rq:failed:default 9 a", "EXPIRE rq:job:a 900")
            return bench.client(ClientScripts.requeue, ["a", "default", "failed", "1"])
        },
        RefusalScenario("requeue: with a rate limit") { bench in
            try bench.store(
                "a",
                [
                    "status": "failed", "rate_limit_key": "api", "rate_limit_concurrency": "1",
                    "ttl": "60",
                ])
            try bench.given("ZADD rq:failed:default 9 a")
            return bench.client(ClientScripts.requeue, ["a", "default", "failed", "0"])
        },
        RefusalScenario("delete: with dependents") { bench in
            try bench.limited()
            try bench.store("a", ["status": "queued", "rate_limit_key": "one", "group_id": "g"])
            try bench.dependents()
            try bench.given(
                "RPUSH rq:queue:default x a y", "SADD rq:group:g a z", "ZADD rq:executions:a 5 e9",
                "HSET rq:execution:a:e9 worker_name w9", "SADD rq:worker:w9:executions a:e9 z")
            return bench.client(ClientScripts.delete, ["a", "1"])
        },
        RefusalScenario("save_meta") { bench in
            try bench.store("a", ["status": "queued", "meta": "old"])
            return bench.client(ClientScripts.saveMeta, ["a", "new"])
        },
        RefusalScenario("empty") { bench in
            try bench.enqueue("a")
            try bench.enqueue("b")
            try bench.given("RPUSH rq:queue:default missing c")
            return bench.client(ClientScripts.empty, ["default", "3"])
        },
    ]
}

extension ScriptBench {
    fileprivate func client(_ script: Script, _ words: [String]) -> ScriptRequest {
        WorkerIdentity(keys: worker.keys, name: "").request(
            script, at: clock, words.map { .text($0) })
    }
}
