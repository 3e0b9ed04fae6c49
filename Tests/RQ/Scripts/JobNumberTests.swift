import RQ
import RedisKit
import Testing

/// Numbers of a job that somebody has written and that make no sense, or only nearly.
@Suite struct JobNumberTests {
    private static let most = 10_000_000_000

    /// What is written, and what it counts as; nil for the default.
    static let readings: [(String, Int?)] = [
        ("7", 7), (" 7 ", 7), ("-1", -1), ("2.9", 2), ("1e2", 100), ("1e300", most),
        ("inf", most), ("Infinity", most), ("99999999999999999999", most), ("nan", nil),
        ("NaN", nil), ("", nil), ("soon", nil), ("1h", nil),
    ]

    @Test(arguments: readings)
    func `a result_ttl is a whole number of seconds, or the default`(
        text: String, seconds: Int?
    ) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["result_ttl": text])
        _ = try bench.claim()
        let ttl = seconds ?? 500
        #expect(try bench.settle(.returned(value: nil)) == .finished(resultTTL: ttl))
        let score = try bench.ask("ZSCORE", "rq:finished:default", "a")
        #expect(score == (ttl < 0 ? "inf" : "\(1_800_000_002 + ttl)"))
        #expect(try bench.ask("EXISTS", "rq:rqd:claims:w1", "rq:wip:default") == "0")
    }

    @Test(arguments: readings)
    func `a failure_ttl is a whole number of seconds, or a year`(text: String, seconds: Int?)
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["failure_ttl": text])
        _ = try bench.claim()
        #expect(try bench.settle(.failed(text: "boom")) == .failed)
        let ttl = seconds ?? 31_536_000
        let score = try bench.ask("ZSCORE", "rq:failed:default", "a")
        #expect(score == (ttl < 0 ? "-1" : "\(1_800_000_002 + ttl)"))
        #expect(try bench.ask("TTL", "rq:job:a") == (ttl < 0 ? "-1" : "\(ttl)"))
    }

    @Test(arguments: readings)
    func `a ttl limits how long a retry waits`(text: String, seconds: Int?) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["ttl": text, "retries_left": "1"])
        _ = try bench.claim()
        #expect(try bench.settle(.failed(text: "boom")) == .retried(left: 0))
        let ttl = max(seconds ?? -1, -1)
        #expect(try bench.ask("TTL", "rq:job:a") == "\(ttl)")
    }

    @Test(arguments: readings)
    func `retries_left is a number of retries, or none`(text: String, number: Int?) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["retries_left": text])
        _ = try bench.claim()
        let left = max(number ?? 0, 0)
        let fate = try bench.settle(.failed(text: "boom"))
        #expect(fate == (left > 0 ? .retried(left: left - 1) : .failed))
        if left > 0 { #expect(try bench.ask("HGET", "rq:job:a", "retries_left") == "\(left - 1)") }
    }

    @Test(arguments: readings)
    func `repeats_left is a number of repeats, or none`(text: String, number: Int?) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["repeats_left": text])
        _ = try bench.claim()
        _ = try bench.settle(.returned(value: nil))
        let left = max(number ?? 0, 0)
        #expect(try bench.ask("HGET", "rq:job:a", "status") == (left > 0 ? "queued" : "finished"))
        if left > 0 { #expect(try bench.ask("HGET", "rq:job:a", "repeats_left") == "\(left - 1)") }
    }

    @Test(arguments: readings)
    func `number_of_retries is what a Retry was granted, or nothing`(text: String, number: Int?)
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["number_of_retries": text])
        _ = try bench.claim()
        let retry = RetryRequest(max: 50, intervals: [0], atFront: false, value: [7])
        let granted = number ?? 0
        let fate = try bench.settle(.retry(retry))
        #expect(fate == (granted >= 50 ? .failed : .retried(left: 50 - granted - 1)))
    }

    /// What a list of intervals holds, and what comes of its first two.
    static let intervals: [(String, Int, Int)] = [
        ("[0, Infinity]", 0, most), ("[NaN, 5]", 0, 5), ("[1e300, -5]", most, 0),
        ("[2.9, \"7\"]", 2, 7), ("[null, [1]]", 0, 0), ("[-Infinity, 3]", 0, 3),
        ("5", 0, 0), ("{", 0, 0), ("[]", 0, 0),
    ]

    @Test(arguments: intervals)
    func `intervals of repeats are whole seconds from 0 on`(text: String, first: Int, second: Int)
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["repeats_left": "2", "repeat_intervals": text])
        for (execution, seconds) in [("e1", first), ("e2", second)] {
            _ = try bench.claim(ExecutionID(execution))
            let fate = try bench.settle(.returned(value: nil), execution: ExecutionID(execution))
            #expect(fate == .finished(resultTTL: 500))
            let due = try bench.ask("ZSCORE", "rq:scheduled:default", "a")
            #expect(due == (seconds == 0 ? "" : "\(1_800_000_002 + seconds)"))
            if seconds > 0 {
                _ = try bench.ask("ZREM", "rq:scheduled:default", "a")
                _ = try bench.ask("RPUSH", "rq:queue:default", "a")
            }
        }
        #expect(try bench.ask("HGET", "rq:job:a", "repeats_left") == "0")
    }

    @Test(arguments: intervals)
    func `intervals of retries are whole seconds from 0 on`(text: String, first: Int, second: Int)
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["retries_left": "2", "retry_intervals": text])
        _ = try bench.claim()
        let fate = try bench.settle(.failed(text: "boom"))
        #expect(
            fate == (first == 0 ? .retried(left: 1) : .scheduled(left: 1, after: .seconds(first))))
    }

    @Test func `a Retry's numbers are whole ones from 0 on`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim("e1")
        let retry = RetryRequest(max: .max, intervals: [-5, .max], atFront: false, value: [7])
        let left = Self.most - 1
        #expect(try bench.settle(.retry(retry), execution: "e1") == .retried(left: left))
        _ = try bench.claim("e2")
        let fate = try bench.settle(.retry(retry), execution: "e2")
        #expect(fate == .scheduled(left: left - 1, after: .seconds(Self.most)))
    }

    @Test(arguments: readings)
    func `a timeout that is none leaves a lease of the usual length`(text: String, seconds: Int?)
        throws
    {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["timeout": text])
        #expect(try bench.claim().0.jobID == "a")
        let timeout = seconds ?? 180
        let lease = timeout > 0 && timeout < 30 ? timeout + 60 : 90
        #expect(try bench.ask("ZSCORE", "rq:wip:default", "a:e1") == "\(1_800_000_000 + lease)")
    }

    @Test(arguments: readings)
    func `a rate limit lets so many through, or one`(text: String, number: Int?) throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["rate_limit_key": "api"])
        _ = try bench.claim()
        for id in ["b", "c"] {
            _ = try bench.ask(
                "HSET", "rq:job:\(id)", "data", "x", "status", "rate_limited", "origin", "low")
            _ = try bench.ask("ZADD", "rq:rl:api:rate_limited", "1", id)
        }
        _ = try bench.ask("ZADD", "rq:rl:api:allowed", "1", "a")
        _ = try bench.ask("HSET", "rq:rl:api", "concurrency", text)
        _ = try bench.settle(.returned(value: nil))
        let through = min(max(number ?? 1, 1), 2)
        #expect(try bench.ask("LLEN", "rq:queue:low") == "\(through)")
    }

    @Test func `counters of a worker that hold no numbers begin anew`() throws {
        let bench = try ScriptBench.registered()
        _ = try bench.ask(
            "HSET", "rq:worker:w1", "successful_job_count", "many", "total_working_time", "inf")
        try bench.enqueue("a")
        _ = try bench.claim()
        #expect(try bench.settle(.returned(value: nil)) == .finished(resultTTL: 500))
        let counts = try bench.ask(
            "HMGET", "rq:worker:w1", "successful_job_count", "total_working_time")
        #expect(counts == "1 2.5")
    }

    @Test func `deaths that are no number are counted from 1`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a", ["rqd_worker_deaths": "many"])
        _ = try bench.claim()
        #expect(try bench.handBack() == .requeued(deaths: 1))
    }
}
