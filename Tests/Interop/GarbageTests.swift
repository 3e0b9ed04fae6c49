import TestSupport
import Testing

/// What no producer would write: each case leaves a clear line, and a worker that goes on.
@Suite(.batch(Garbage.run)) struct GarbageTests {
    @Test(arguments: Garbage.all)
    func `what no producer would write leaves a clear line and a living worker`(
        garbage: Garbage
    ) throws {
        let batch = try #require(Batch.current)
        let facts = try #require(batch.facts[garbage.id])
        #expect(facts.status.hasPrefix(garbage.status))
        if facts.status == "failed" {
            #expect(facts.type == "FAILED")
            #expect(facts.error?.hasPrefix("Traceback (most recent call last):\n") == true)
        }
        try batch.expect(garbage.id, isLogged: garbage.level, garbage.event, reason: garbage.reason)
    }
}
