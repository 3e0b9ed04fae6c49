import RQ
import Testing

@testable import WorkerPool

@Suite struct WorkerDeathRulesTests {
    @Test func `a queue's jobs are settled as the first pool that serves it says`() {
        var strict = PoolConfiguration(name: "strict", queues: ["mail", "both"])
        (strict.onWorkerDeath, strict.quarantineAfter) = (.fail, 7)
        let mild = PoolConfiguration(name: "mild", queues: ["both", "web"])
        let rules = WorkerDeathRules([strict, mild])
        #expect(rules["mail"] == WorkerDeathRules.Rule(fate: .fail, quarantineAfter: 7))
        #expect(rules["both"] == rules["mail"])
        #expect(rules["web"] == WorkerDeathRules.Rule(fate: .requeue, quarantineAfter: 3))
        #expect(rules["elsewhere"] == rules["web"])
    }
}
