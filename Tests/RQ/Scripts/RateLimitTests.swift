import RQ
import RedisKit
import Testing

/// A job's place under its rate limit, which its end gives to the next.
@Suite struct RateLimitTests {
    private static let limited = ["rate_limit_key": "mail", "rate_limit_concurrency": "1"]

    /// A bench where `a` is claimed and `b` waits for its place.
    private func bench(_ fields: [String: String] = [:]) throws -> ScriptBench {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", Self.limited.merging(fields) { $1 })
        try bench.redis.call(Command("HSET", "rq:rl:mail", "concurrency", "1"))
        try bench.redis.call(Command("ZADD", "rq:rl:mail:allowed", "1", "a"))
        try bench.redis.call(Command("ZADD", "rq:rl:mail:rate_limited", "2", "gone", "3", "b"))
        try bench.redis.call(
            Command("HSET", "rq:job:b", "data", "x", "status", "rate_limited", "origin", "low"))
        _ = try bench.claim()
        return bench
    }

    @Test(arguments: [Outcome.Kind.returned(value: nil), .failed(text: "no"), .stopped(text: "")])
    func `an end lets the next one in`(kind: Outcome.Kind) throws {
        let bench = try bench()
        _ = try bench.settle(kind)
        #expect(try bench.ask("ZRANGE", "rq:rl:mail:allowed", "0", "-1") == "b")
        #expect(try bench.ask("ZCARD", "rq:rl:mail:rate_limited") == "0")
        #expect(try bench.ask("LRANGE", "rq:queue:low", "0", "-1") == "b")
        #expect(try bench.ask("HGET", "rq:job:b", "status") == "queued")
    }

    @Test func `a job that was deleted while it ran gives its place back`() throws {
        let bench = try bench()
        try bench.redis.call(Command("DEL", "rq:job:a"))
        #expect(try bench.settle(.returned(value: nil)) == .deleted)
        #expect(try bench.ask("ZRANGE", "rq:rl:mail:allowed", "0", "-1") == "b")
    }

    @Test func `a retry at once keeps its place, a later one gives it back`() throws {
        let atOnce = try bench(["retries_left": "1"])
        _ = try atOnce.settle(.failed(text: "no"))
        #expect(try atOnce.ask("ZRANGE", "rq:rl:mail:allowed", "0", "-1") == "a")
        let later = try bench(["retries_left": "1", "retry_intervals": "[60]"])
        _ = try later.settle(.failed(text: "no"))
        #expect(try later.ask("ZRANGE", "rq:rl:mail:allowed", "0", "-1") == "b")
    }
}
