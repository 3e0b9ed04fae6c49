import Testing

@testable import WorkerPool

@Suite struct ReconnectionTests {
    @Test func `the pause doubles from 50 ms to 5 s and stays there`() {
        var reconnection = Reconnection()
        let pauses = (0..<10).map { _ in reconnection.failed(jitter: 1) }
        let expected: [Duration] = [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]
            .map { .milliseconds($0) }
        #expect(pauses == expected)
    }

    @Test func `the pause grows no further however long Redis is away`() {
        var reconnection = Reconnection()
        for _ in 0..<1_000 { _ = reconnection.failed(jitter: 1) }
        let pause = reconnection.failed(jitter: 1)
        #expect(pause == .seconds(5))
    }

    @Test func `jitter shortens the pause`() {
        var reconnection = Reconnection()
        let pause = reconnection.failed(jitter: 0.5)
        #expect(pause == .milliseconds(25))
    }

    @Test func `the first failure is worth a line, the next ones are not`() {
        var reconnection = Reconnection()
        var said: [Bool] = []
        for _ in 0..<3 {
            _ = reconnection.failed(jitter: 1)
            said.append(reconnection.isWorthSaying)
        }
        #expect(said == [true, false, false])
    }

    @Test func `about once a minute it is said again`() {
        var reconnection = Reconnection()
        var silence = Duration.zero
        var silences: [Duration] = []
        _ = reconnection.failed(jitter: 1)
        for _ in 0..<60 {
            silence += reconnection.failed(jitter: 1)
            if reconnection.isWorthSaying {
                silences.append(silence)
                silence = .zero
            }
        }
        #expect(silences.count >= 3)
        #expect(silences.allSatisfy { $0 >= .seconds(55) && $0 <= .seconds(65) })
    }

    @Test func `a success is news only after a failure`() {
        var reconnection = Reconnection()
        let atFirst = reconnection.succeeded()
        _ = reconnection.failed(jitter: 1)
        let afterFailure = reconnection.succeeded()
        let again = reconnection.succeeded()
        #expect([atFirst, afterFailure, again] == [false, true, false])
    }

    @Test func `after a success the pauses start again`() {
        var reconnection = Reconnection()
        for _ in 0..<5 { _ = reconnection.failed(jitter: 1) }
        _ = reconnection.succeeded()
        let pause = reconnection.failed(jitter: 1)
        #expect(pause == .milliseconds(50))
        #expect(reconnection.isWorthSaying)
    }
}
