import Testing

@testable import WorkerPool

struct OutputQuotaTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func logged(_ quota: inout OutputQuota, after span: Duration) -> Bool {
        quota.take(10, at: start + span).isLogged
    }

    @Test func `without a limit every line is logged`() {
        var quota = OutputQuota(limit: nil)
        #expect((0..<1000).allSatisfy { _ in quota.take(10, at: start).isLogged })
    }

    @Test func `lines above the limit are dropped, and told with the first of the next span`() {
        var quota = OutputQuota(limit: 2)
        let verdicts = (0..<5).map { _ in quota.take(10, at: start).isLogged }
        #expect(verdicts == [true, true, false, false, false])
        let late = logged(&quota, after: .milliseconds(9999))
        #expect(!late)
        let next = quota.take(10, at: start + .seconds(10))
        #expect(next == OutputQuota.Verdict(isLogged: true, dropped: 4))
        let after = quota.take(10, at: start + .seconds(10))
        #expect(after == OutputQuota.Verdict(isLogged: true, dropped: 0))
    }

    @Test func `what was dropped is told once when the job ends`() {
        var quota = OutputQuota(limit: 1)
        _ = quota.take(10, at: start)
        _ = quota.take(10, at: start)
        let first = quota.takeDropped()
        let second = quota.takeDropped()
        #expect(first == 1)
        #expect(second == 0)
    }
}
