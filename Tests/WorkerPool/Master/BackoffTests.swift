import Testing

@testable import WorkerPool

@Suite struct BackoffTests {
    @Test(arguments: [0.0, 0.5, 1.0])
    func `the first failure costs nothing`(jitter: Double) {
        var backoff = Backoff()
        let wait = backoff.failed(jitter: jitter)
        #expect(wait == .zero)
    }

    @Test(arguments: [(0.0, 50), (0.5, 100), (1.0, 150)])
    func `jitter makes half to one and a half of it`(jitter: Double, milliseconds: Int) {
        var backoff = Backoff()
        _ = backoff.failed(jitter: jitter)
        let wait = backoff.failed(jitter: jitter)
        #expect(wait == .milliseconds(milliseconds))
    }

    @Test func `no wait is longer than half a minute, however often it failed`() {
        var backoff = Backoff()
        var longest = Duration.zero
        for _ in 0..<10_000 { longest = max(longest, backoff.failed(jitter: 1)) }
        #expect(longest == .seconds(30))
    }

    @Test func `three failures are persistent, and recovery forgets them`() {
        var backoff = Backoff()
        for _ in 0..<2 { _ = backoff.failed(jitter: 0) }
        #expect(!backoff.isPersistent)
        _ = backoff.failed(jitter: 0)
        #expect(backoff.isPersistent)
        backoff.recovered()
        #expect(!backoff.isPersistent)
        #expect(backoff.failed(jitter: 0) == .zero)
    }
}
