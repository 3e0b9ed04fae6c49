import RQ
import RedisKit
import Testing

/// What a script did without because a key holds other data.
@Suite struct ScriptWarningTests {
    @Test func `a result that cannot be kept is told with the command and the key`() throws {
        let bench = try ScriptBench.registered()
        try bench.enqueue("a")
        _ = try bench.claim()
        try bench.redis.call(Command("SET", "rq:results:a", "other"))
        let outcome = Outcome(kind: .returned(value: [1]), started: bench.clock, ended: bench.clock)
        let request = bench.worker.settle(
            "e1", outcome, claimed: bench.clock, resultTTL: 500, workerTTL: .seconds(420))
        let warnings = try bench.read(request) { $0.warnings }
        #expect(warnings.count == 1)
        #expect(warnings[0].hasPrefix("WRONGTYPE ") && warnings[0].hasSuffix("(XADD rq:results:a)"))
        #expect(try bench.ask("HGET", "rq:job:a", "status") == "finished")
    }

    @Test func `each text is told once, and a hundred at most`() {
        var warnings = ScriptWarnings()
        #expect(warnings.new(["a", "b", "a"]) == ["a", "b"])
        #expect(warnings.new(["b", "c"]) == ["c"])
        #expect(warnings.new((0..<200).map(String.init)).count == 97)
        #expect(warnings.new(["d"]).isEmpty)
    }
}
