import Testing

@testable import WorkerPool

@Suite struct WakeUpsTests {
    private static func moment(_ milliseconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000) + .milliseconds(milliseconds)
    }

    /// Wakes and looks so many times, a millisecond apart, and finds nothing.
    private static func worn(_ times: Int) -> WakeUps {
        var wakeUps = WakeUps()
        wakeUps.foundNothing(at: moment(0))
        for time in 1...times {
            _ = wakeUps.woken(at: moment(time))
            wakeUps.foundNothing(at: moment(time))
        }
        return wakeUps
    }

    @Test func `a wake-up is followed by a look at once`() {
        var wakeUps = Self.worn(WakeUps.most - 2)
        let pause = wakeUps.woken(at: Self.moment(40))
        #expect(pause == nil)
    }

    @Test func `wake-ups that bring nothing are followed at an interval`() {
        var wakeUps = Self.worn(WakeUps.most)
        let pause = wakeUps.woken(at: Self.moment(21))
        #expect(pause == WakeUps.interval)
    }

    @Test func `a job ends the suspicion`() {
        var wakeUps = Self.worn(WakeUps.most)
        wakeUps.foundJob()
        let pause = wakeUps.woken(at: Self.moment(21))
        #expect(pause == nil)
    }

    @Test func `a wake-up after some quiet is believed`() {
        var wakeUps = Self.worn(WakeUps.most)
        let pause = wakeUps.woken(at: Self.moment(200))
        #expect(pause == nil)
        let next = wakeUps.woken(at: Self.moment(201))
        #expect(next == nil)
    }
}
