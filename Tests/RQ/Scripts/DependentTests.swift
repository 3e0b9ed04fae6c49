import RQ
import RedisKit
import Testing

/// Dependents that are too many for the step that ends their parent.
@Suite struct DependentTests {
    /// A parent in the queue `default`, and so many jobs of the queue `other` that wait for it.
    private func makeFamily(
        _ bench: ScriptBench, _ count: Int, _ fields: [String: String] = [:],
        parent: [String: String] = [:]
    ) throws {
        try bench.enqueue("par", parent)
        for number in 0..<count {
            let id = "d\(number)"
            let own = ["status": "deferred", "origin": "other"]
            try bench.store(id, own.merging(fields) { $1 })
            for command in [
                Command("SADD", "rq:job:par:dependents", .text(id)),
                Command("SADD", .text("rq:job::\(id):dependencies"), "par"),
                Command("ZADD", "rq:deferred:other", "1", .text(id)),
            ] { try bench.redis.call(command) }
        }
    }

    private func resume(
        _ bench: ScriptBench, as name: WorkerName
    ) throws -> UnfinishedWork.Step {
        let worker = WorkerIdentity(keys: bench.worker.keys, name: name)
        return try bench.read(worker.resume(at: bench.clock)) { UnfinishedWork.Step($0) }
    }

    private func isLeft(_ bench: ScriptBench) throws -> Bool {
        let outcome = Outcome(
            kind: .returned(value: nil), started: bench.clock, ended: bench.clock)
        let request = bench.worker.settle(
            "e1", outcome, claimed: bench.clock, resultTTL: 500, workerTTL: .seconds(420))
        return try bench.read(request) { UnfinishedWork.isLeft(by: $0) }
    }

    @Test func `few are queued at once, and nothing is left`() throws {
        let bench = try ScriptBench.registered()
        try makeFamily(bench, 40)
        _ = try bench.claim()
        #expect(try !isLeft(bench))
        #expect(try bench.ask("LLEN", "rq:queue:other") == "40")
        #expect(try bench.keys().allSatisfy { !$0.contains("unfinished") })
    }

    @Test func `each of many is queued once, whoever goes on and whoever dies of it`() throws {
        let bench = try ScriptBench.registered()
        try makeFamily(bench, 500)
        _ = try bench.claim()
        #expect(try isLeft(bench))
        // One at a time; when that one has died, another as soon as its time is over.
        #expect(try resume(bench, as: "w1").goesOn)
        #expect(try resume(bench, as: "w2") == resume(bench, as: "w2"))
        #expect(try !resume(bench, as: "w2").goesOn)
        #expect(try bench.ask("GET", "rq:rqd:resuming") == "w1")
        try bench.redis.call(Command("DEL", "rq:rqd:resuming"))
        #expect(try resume(bench, as: "w2").goesOn)
        try bench.redis.call(Command("DEL", "rq:rqd:resuming"))
        let scheduler = bench.scheduler()
        var goesOn = true
        while goesOn {
            goesOn = try bench.read(scheduler.resume(at: bench.clock)) {
                UnfinishedWork.Step($0).goesOn
            }
        }
        let ids = try bench.ask("LRANGE", "rq:queue:other", "0", "-1").split(separator: " ")
        #expect(ids.count == 500 && Set(ids).count == 500)
        #expect(try bench.ask("EXISTS", "rq:deferred:other", "rq:job:par:dependents") == "0")
        #expect(try bench.keys().allSatisfy { !$0.contains(":rqd:re") && !$0.contains("unfin") })
    }

    @Test func `one that was canceled, deleted or queued in between is left alone`() throws {
        let bench = try ScriptBench.registered()
        try makeFamily(bench, 200)
        _ = try bench.claim()
        #expect(try isLeft(bench))
        try bench.redis.call(Command("HSET", "rq:job:d1", "status", "canceled"))
        try bench.redis.call(Command("HSET", "rq:job:d2", "status", "finished"))
        try bench.redis.call(Command("DEL", "rq:job:d3"))
        while try bench.goOn() {}
        let ids = try bench.ask("LRANGE", "rq:queue:other", "0", "-1").split(separator: " ")
        #expect(Set(ids).count == 197 && ids.count == 197)
        #expect(!ids.contains("d1") && !ids.contains("d2") && !ids.contains("d3"))
    }

    @Test func `those that must wait on are their parent's again, for as long as it lives`() throws
    {
        let bench = try ScriptBench.registered()
        try makeFamily(bench, 100)
        try bench.store("slow", ["status": "started"])
        try bench.redis.call(Command("SADD", "rq:job::d5:dependencies", "slow"))
        _ = try bench.claim()
        #expect(try isLeft(bench))
        while try bench.goOn() {}
        #expect(try bench.ask("LLEN", "rq:queue:other") == "99")
        #expect(try bench.ask("SMEMBERS", "rq:job:par:dependents") == "d5")
        #expect(try bench.ask("TTL", "rq:job:par:dependents") == bench.ask("TTL", "rq:job:par"))
        #expect(try bench.ask("TTL", "rq:job:par") != "-1")
    }

    @Test(arguments: [("result_ttl", true), ("failure_ttl", false)])
    func `a parent that is deleted at its end has them queued if it succeeded, else they wait`(
        field: String, succeeds: Bool
    ) throws {
        for count in [3, 120] {
            let bench = try ScriptBench.registered()
            try makeFamily(bench, count, ["allow_dependency_failures": "1"], parent: [field: "0"])
            _ = try bench.claim()
            _ = try bench.settle(succeeds ? .returned(value: nil) : .failed(text: "it broke"))
            while try bench.goOn() {}
            #expect(try bench.ask("EXISTS", "rq:job:par", "rq:job:par:dependents") == "0")
            #expect(try bench.ask("LLEN", "rq:queue:other") == (succeeds ? "\(count)" : "0"))
        }
    }

    @Test func `of many parents one that has not ended is remembered, a wrong memory does no harm`()
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.store(
            "d", ["status": "deferred", "origin": "other", "rqd_waits_for": "stranger"])
        try bench.store("stranger", ["status": "queued"])
        try bench.redis.call(Command("ZADD", "rq:deferred:other", "1", "d"))
        for number in 0..<40 {
            try bench.enqueue("p\(number)")
            try bench.redis.call(
                Command("SADD", .text("rq:job:p\(number):dependents"), "d"))
            try bench.redis.call(
                Command("SADD", "rq:job::d:dependencies", .text("p\(number)")))
        }
        for number in 0..<40 {
            #expect(try bench.ask("LLEN", "rq:queue:other") == "0")
            let execution = ExecutionID(bytes: Array("e\(number)".utf8))
            _ = try bench.claim(execution)
            _ = try bench.settle(.returned(value: nil), execution: execution)
            if number < 39 {
                let watched = try bench.ask("HGET", "rq:job:d", "rqd_waits_for")
                #expect(try bench.ask("HGET", "rq:job:\(watched)", "status") == "queued")
                #expect(watched != "stranger")
            }
        }
        #expect(try bench.ask("LRANGE", "rq:queue:other", "0", "-1") == "d")
        #expect(try bench.ask("HGET", "rq:job:d", "rqd_waits_for") == "")
    }
}
