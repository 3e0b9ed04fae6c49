import RedisKit

@testable import RQ

/// One way through a script: what is in Redis before, and the call.
struct RefusalScenario: Sendable, CustomStringConvertible {
    /// The script's name, and the way through it.
    let description: String
    /// Fills the database and returns the call.
    let prepare: @Sendable (ScriptBench) throws -> ScriptRequest

    init(_ name: String, _ prepare: @escaping @Sendable (ScriptBench) throws -> ScriptRequest) {
        description = name
        self.prepare = prepare
    }

    static let all = worker + outcomes + scheduler + client + bounded
}

extension ScriptBench {
    /// Sends commands, their words apart by blanks; `''` is an empty word.
    func given(_ lines: String...) throws {
        for line in lines {
            let words = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
            var command = Command(words[0])
            for word in words.dropFirst() { command.append(.text(word)) }
            try redis.call(command)
        }
    }

    /// A call with these words behind the common arguments, as a worker or scheduler of that name.
    func request(
        _ script: Script, as name: String = "w1", execution: ExecutionID? = nil,
        keys scriptKeys: [String] = [], _ words: String...
    ) -> ScriptRequest {
        WorkerIdentity(keys: worker.keys, name: WorkerName(name)).request(
            script, execution: execution, at: clock, keys: scriptKeys.map { .text($0) },
            words.map { .text($0) })
    }

    /// A job of the queue `default` that runs: what `claim.lua` leaves of it.
    ///
    /// The empty field is one that rq always writes.
    func running(_ id: String = "a", _ fields: [String: String] = [:]) throws {
        _ = try bear(queues: ["high", "default"])
        try enqueue(id, fields.merging(["ended_at": ""]) { given, _ in given })
        _ = try claim("e1")
    }

    /// Jobs that wait for `a`: one that goes to its queue, one with a rate limit.
    func dependents() throws {
        try store("b", ["status": "deferred", "origin": "low"])
        let limit = ["rate_limit_key": "api", "rate_limit_concurrency": "2"]
        try store("c", limit.merging(["status": "deferred"]) { $1 })
        try given(
            "ZADD rq:deferred:low 5 b", "ZADD rq:deferred:default 6 c", "SADD rq:queues rq:queue:x",
            "SADD rq:job:a:dependents b c", "SADD rq:job::b:dependencies a",
            "SADD rq:job::c:dependencies a")
    }

    /// A rate limit of one that `a` holds and `d` waits for.
    func limited() throws {
        try store("d", ["status": "rate_limited", "origin": "low", "rate_limit_key": "one"])
        try given(
            "HSET rq:rl:one concurrency 1", "SADD rq:rl-keys one", "ZADD rq:rl:one:allowed 5 a",
            "ZADD rq:rl:one:rate_limited 6 d")
    }

    /// An outcome, as the worker sends it two and a half seconds later.
    func outcome(
        _ kind: Outcome.Kind, changed: FieldList = FieldList(), resultTTL: Int = 500,
        listsFailure: Bool = true
    ) -> ScriptRequest {
        let ended = Timestamp(microseconds: clock.microseconds + 2_500_000)
        return worker.settle(
            "e1", Outcome(kind: kind, started: clock, ended: ended, changed: changed),
            claimed: clock, resultTTL: resultTTL, workerTTL: .seconds(420),
            listsFailure: listsFailure)
    }
}
