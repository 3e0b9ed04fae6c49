import RQ
import Testing

@testable import WorkerPool

@Suite final class SchedulerStateTests {
    private var state = SchedulerState(queues: ["high", "low"])
    private var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    /// Does all that is due, with the same finding for each look; tells the steps.
    private func run(_ finding: SchedulerState.Finding) -> [SchedulerState.Step] {
        var steps: [SchedulerState.Step] = []
        while let step = state.next(at: now), steps.count < 10 {
            steps.append(step)
            switch step {
            case .pass(let queue, _): state.passed(queue, finding, at: now)
            case .beat: state.beaten(at: now)
            }
        }
        return steps
    }

    /// How long until something is due.
    private var wait: Duration? { state.nextDue.map { $0 - now } }

    private func begin(
        _ finding: SchedulerState.Finding = .mine(moved: 0, nextAfter: nil), isTold: Bool = true
    ) {
        state.linkUp(isTold: isTold, at: now)
        _ = run(finding)
    }

    @Test func `nothing is due without Redis`() {
        let before = state.nextDue
        #expect(before == nil)
        begin()
        state.linkDown()
        let after = state.nextDue
        let step = state.next(at: now)
        #expect(after == nil && step == nil)
    }

    @Test func `with Redis, every queue is looked at and the hash is shown`() {
        state.linkUp(isTold: true, at: now)
        let steps = run(.mine(moved: 0, nextAfter: nil))
        #expect(
            steps == [.pass("high", replacing: nil), .beat, .pass("low", replacing: nil)])
        let served = state.served
        #expect(served == ["high", "low"])
    }

    @Test func `an idle scheduler asks nothing for 20 s`() {
        begin()
        let wait = wait
        #expect(wait == .seconds(20))
    }

    @Test func `it sleeps until the next job is due`() {
        begin(.mine(moved: 0, nextAfter: .milliseconds(1500)))
        let wait = wait
        #expect(wait == .milliseconds(1500))
    }

    @Test func `where the server tells nothing, it looks every second`() {
        begin(isTold: false)
        let wait = wait
        #expect(wait == .seconds(1))
    }

    @Test func `a queue with a new job is looked at at once, the other is not`() {
        begin()
        now = now + .seconds(3)
        state.woken("low", at: now)
        let steps = run(.mine(moved: 1, nextAfter: nil))
        #expect(steps == [.pass("low", replacing: nil)])
    }

    @Test func `a stream of new jobs causes no more than a look every 10 ms`() {
        begin()
        state.woken("low", at: now)
        let wait = wait
        #expect(wait == .milliseconds(10))
    }

    @Test func `what is due beyond one step is moved at once`() {
        state.linkUp(isTold: true, at: now)
        let first = state.next(at: now)
        #expect(first == .pass("high", replacing: nil))
        state.passed("high", .mine(moved: 100, nextAfter: .zero), at: now)
        state.beaten(at: now)
        let second = state.next(at: now)
        #expect(second == .pass("low", replacing: nil))
        state.passed("low", .mine(moved: 0, nextAfter: nil), at: now)
        let third = state.next(at: now)
        #expect(third == .pass("high", replacing: nil))
        let moved = state.moved
        #expect(moved == 100)
    }

    @Test func `a queue of another scheduler is looked at when its lock may expire`() {
        begin(.held(by: "other", isDead: false, expiry: .seconds(7)))
        let wait = wait
        #expect(wait == .milliseconds(7005))
        let served = state.served
        #expect(served.isEmpty)
    }

    @Test func `another scheduler's renewals cause no more than a look a second`() {
        begin(.held(by: "other", isDead: false, expiry: .seconds(61)))
        now = now + .milliseconds(300)
        state.woken("high", at: now)
        let wait = wait
        #expect(wait == .milliseconds(700))
    }

    @Test func `the queue of a scheduler that is known to be dead is taken over`() {
        state.linkUp(isTold: true, at: now)
        _ = state.next(at: now)
        state.passed("high", .held(by: "dead", isDead: true, expiry: .seconds(50)), at: now)
        state.passed("low", .mine(moved: 0, nextAfter: nil), at: now)
        state.beaten(at: now)
        let step = state.next(at: now)
        #expect(step == .pass("high", replacing: "dead"))
    }

    @Test func `a server that refuses is asked again after a second`() {
        begin(.refused)
        let wait = wait
        #expect(wait == .seconds(1))
    }

    @Test func `all queues are looked at when a database was emptied`() {
        begin()
        now = now + .seconds(5)
        state.woken(nil, at: now)
        let steps = run(.mine(moved: 0, nextAfter: nil))
        #expect(steps.count == 2)
    }

    @Test func `it is through when each queue was looked at and nothing is due`() {
        state.linkUp(isTold: true, at: now)
        let before = state.isThrough(at: now)
        begin()
        let after = state.isThrough(at: now)
        #expect(!before && after)
    }
}
