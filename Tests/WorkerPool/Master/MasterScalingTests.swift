import Testing

@testable import WorkerPool

/// Pools that grow and shrink while they work.
@Suite struct MasterScalingTests {
    typealias R = MasterRehearsal

    /// Pools with 2 and 1 workers; the places are a/0, a/1, b/0.
    private static func pools() -> R { R(pools: [R.pool(2), R.pool(1)]) }

    @Test func `a pool that grows gets workers behind all others`() {
        var master = Self.pools()
        master.begin()
        let actions = master.scale(0, to: 4)
        #expect(actions == [R.start(3, generation: 1), R.start(4, generation: 1)])
        let numbers = master.state.slots.map(\.number)
        #expect(numbers == [0, 1, 0, 2, 3])
    }

    @Test func `of the workers that are too many the idle ones go, the last first`() {
        var master = R(workers: 4)
        master.begin()
        master.register(3, job: "a job")
        let actions = master.scale(0, to: 2)
        #expect(actions == [.tell(slot: 2, .retire), .tell(slot: 1, .retire)])
    }

    @Test func `busy workers go when there are no others, and nobody is killed`() {
        var master = R(workers: 2)
        master.begin()
        for slot in 0..<2 { master.register(slot, job: "job \(slot)") }
        let actions = master.scale(0, to: 1)
        #expect(actions == [.tell(slot: 1, .retire)])
        let status = MasterStatus(of: master.state)
        #expect(status.line == "1/1 workers, 2 busy, 1 retiring; 0 jobs ok, 0 failed")
        let nextDue = master.state.nextDue
        #expect(nextDue == nil)
    }

    @Test func `a worker that has not registered goes before an idle one`() {
        var master = R(workers: 2)
        _ = master.beginOnly()
        master.register(1)
        let actions = master.scale(0, to: 1)
        #expect(actions == [.tell(slot: 0, .retire)])
    }

    @Test func `nobody follows a retired worker, and its place is used again`() {
        var master = Self.pools()
        master.begin()
        _ = master.scale(0, to: 1)
        let end = master.ended(1, .exited(code: 0))
        #expect(end == [.vacated(slot: 1)])
        let actions = master.scale(1, to: 2)
        #expect(actions == [R.start(1, generation: 1)])
        let slot = master.state.slots[1]
        #expect(slot.pool == 1)
        #expect(slot.number == 1)
    }

    @Test func `a name is not given to another while its worker still retires`() {
        var master = R(workers: 2)
        master.begin()
        master.register(1, job: "long")
        _ = master.scale(0, to: 1)
        master.register(0, job: "long")
        _ = master.scale(0, to: 0)
        let actions = master.scale(0, to: 1)
        #expect(actions == [R.start(2, generation: 1)])
        let number = master.state.slots[2].number
        #expect(number == 2)
    }

    @Test func `a retiring worker that dies is settled, and then nobody follows`() {
        var master = R(workers: 2)
        master.begin()
        master.register(1, job: "a job")
        _ = master.scale(0, to: 0)
        let death = master.ended(1, .killed(signal: 9))
        #expect(
            death == [R.start(1, generation: 2, after: R.predecessor(1), settlesOnly: true)])
        let later = master.ended(1, .exited(code: 69))
        #expect(later == [.postponed(slot: 1, .milliseconds(100))])
        let again = master.waitUntilDue()
        #expect(
            again == [R.start(1, generation: 3, after: R.predecessor(1), settlesOnly: true)])
        let end = master.ended(1, .exited(code: 0))
        #expect(end == [.vacated(slot: 1)])
    }

    @Test func `a slot that waits for its next worker is given up at once`() {
        var master = R(workers: 1)
        _ = master.beginOnly()
        let last = SlotReading()
        for _ in 0..<2 { _ = master.ended(0, .exited(code: 3), last) }
        let actions = master.scale(0, to: 0)
        #expect(actions == [.vacated(slot: 0)])
    }

    @Test func `what retired workers have done still counts`() {
        var master = R(workers: 2)
        master.begin()
        var last = R.reading(of: 1)
        last.succeeded = 7
        last.failed = 2
        _ = master.scale(0, to: 1)
        _ = master.ended(1, .exited(code: 0), last)
        let status = MasterStatus(of: master.state)
        #expect(status.succeeded == 7)
        #expect(status.failed == 2)
        #expect(status.configured == 1)
    }

    @Test func `a pool can be emptied and filled again, and the service goes on`() {
        var master = R(pools: [R.pool(0, stable: 0)], stables: 1)
        let start = master.beginOnly()
        #expect(start.isEmpty)
        let first = master.scale(0, to: 1)
        #expect(first == [.startStable(0), R.start(0, generation: 1, sweepsHost: true)])
        master.register(0)
        _ = master.scale(0, to: 0)
        let end = master.ended(0, .exited(code: 0))
        #expect(end == [.vacated(slot: 0)])
        let second = master.scale(0, to: 1)
        #expect(second == [R.start(0, generation: 1)])
    }

    @Test func `a pool takes no more room than there is`() {
        var master = R(pools: [R.pool(2), R.pool(1)], room: 5)
        master.begin()
        let most = master.state.mostWorkers(ofPool: 0)
        #expect(most == 4)
    }

    @Test func `a stop waits for those that retire as for the others`() {
        var master = R(workers: 2)
        master.begin()
        master.register(1, job: "long")
        _ = master.scale(0, to: 1)
        let actions = master.asked(.terminate)
        #expect(
            actions == [
                .signal(pid: R.pid(0), .warmStop), .signal(pid: R.pid(1), .warmStop),
            ])
        _ = master.ended(0, .exited(code: 0))
        let end = master.ended(1, .exited(code: 0))
        #expect(end == [.finish(exitCode: 0)])
    }

    @Test func `nothing is scaled or paused once the service stops`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        let scaled = master.scale(0, to: 5)
        let paused = master.pause(0, true)
        #expect(scaled.isEmpty)
        #expect(paused.isEmpty)
    }

    @Test func `a pause is told to the pool's workers, once`() {
        var master = Self.pools()
        master.begin()
        let first = master.pause(0, true)
        let second = master.pause(0, true)
        let end = master.pause(0, false)
        #expect(first == [.tell(slot: 0, .pause), .tell(slot: 1, .pause)])
        #expect(second.isEmpty)
        #expect(end == [.tell(slot: 0, .resume), .tell(slot: 1, .resume)])
    }
}
