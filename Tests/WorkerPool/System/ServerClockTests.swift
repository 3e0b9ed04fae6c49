import RQ
import Testing

@testable import WorkerPool

/// Redis' clock beside this host's.
@Suite struct ServerClockTests {
    private func at(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: 1_800_000_000_000_000 + Int(seconds * 1e6))
    }

    @Test func `a time between the question and its answer is no difference`() {
        var clock = ServerClock()
        #expect(clock.saw(at(3), asked: at(0), answered: at(5)) == nil)
        #expect(clock.offset == .zero)
        #expect(clock.time(at: at(7)) == at(7))
    }

    @Test(arguments: [(105.0, 100.0), (-100.0, -100.0)])
    func `a difference of more than a second is told once, and when it is over`(
        server: Double, offset: Double
    ) {
        var clock = ServerClock()
        #expect(
            clock.saw(at(server), asked: at(0), answered: at(5)) == .differs(.seconds(offset)))
        #expect(clock.saw(at(server), asked: at(0), answered: at(5)) == nil)
        #expect(clock.time(at: at(0)) == at(offset))
        #expect(clock.saw(at(0.2), asked: at(0), answered: at(0)) == .agrees)
        #expect(clock.saw(at(0.2), asked: at(0), answered: at(0)) == nil)
        #expect(clock.saw(at(2), asked: at(0), answered: at(0)) == .differs(.seconds(2)))
    }

    @Test func `half a second is not told`() {
        var clock = ServerClock()
        #expect(clock.saw(at(0.9), asked: at(0), answered: at(0)) == nil)
        #expect(clock.offset == .milliseconds(900))
    }

    @Test func `it is told in words, also by the check`() {
        #expect(ClockWords.difference(.seconds(-100)) == "100.0 s ahead")
        #expect(ClockWords.difference(.milliseconds(2540)) == "2.5 s behind")
        let words = RedisCheck.complaint(about: at(-100), asked: at(0), answered: at(1))
        #expect(words?.contains("this host's is 100.0 s ahead") == true)
        #expect(RedisCheck.complaint(about: at(0.5), asked: at(0), answered: at(1)) == nil)
    }

    @Test func `of all processes one tells that they differ, and one that they agree`() throws {
        let scoreboard = try Scoreboard(slots: 1)
        #expect(!scoreboard.mayTellClocks(differ: false))
        #expect(scoreboard.mayTellClocks(differ: true))
        #expect(!scoreboard.mayTellClocks(differ: true))
        #expect(scoreboard.mayTellClocks(differ: false))
        #expect(!scoreboard.mayTellClocks(differ: false))
    }
}
