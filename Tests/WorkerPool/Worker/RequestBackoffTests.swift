import Testing

@testable import WorkerPool

@Suite struct RequestBackoffTests {
    @Test func `a connection that comes about does not make a refused claim's pause short again`() {
        var backoff = RequestBackoff()
        var pauses: [Duration] = []
        for _ in 0..<4 {
            pauses.append(backoff.failed(.claim, jitter: 1))
            let isOver = backoff.succeeded(.link) || backoff.succeeded(.birth)
            #expect(!isOver)
        }
        #expect(pauses == [50, 100, 200, 400].map { .milliseconds($0) })
        #expect(backoff.isInTrouble)
    }

    @Test func `a success ends the trouble of its kind and of what it needs`() {
        var backoff = RequestBackoff()
        _ = backoff.failed(.heartbeat, jitter: 1)
        _ = backoff.failed(.claim, jitter: 1)
        let settled = backoff.succeeded(.settlement)
        #expect(!settled)
        let claimed = backoff.succeeded(.claim)
        #expect(claimed)
        let pause = backoff.failed(.heartbeat, jitter: 1)
        #expect(pause == .milliseconds(50))
    }

    @Test func `what never failed is not over`() {
        var backoff = RequestBackoff()
        let isOver = backoff.succeeded(.claim)
        #expect(!isOver)
    }
}
