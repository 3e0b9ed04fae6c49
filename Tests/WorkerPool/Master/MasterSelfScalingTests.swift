import Testing

@testable import WorkerPool

/// Pools that scale by themselves.
@Suite struct MasterSelfScalingTests {
    typealias R = MasterRehearsal

    /// A pool of 2 to 8 workers, all of which have a job.
    private static func busy(_ workers: Int = 2) -> R {
        var pool = R.pool(workers)
        pool.scaling = PoolScaling(
            least: 2, most: 8, upAfter: .seconds(5), downAfter: .seconds(60))
        var master = R(pools: [pool])
        master.begin()
        for slot in 0..<workers { master.register(slot, job: "long") }
        return master
    }

    private static func since(_ seconds: Int, _ master: borrowing R) -> [Int: MonotonicTime] {
        [0: master.now + .seconds(-seconds)]
    }

    @Test func `a pool grows by half when a job has waited and no worker is idle`() {
        var master = Self.busy(4)
        let actions = master.scaleByItself(waiting: Self.since(6, master))
        #expect(
            actions == [
                .scaled(pool: 0, from: 4, to: 6, waited: .seconds(6)),
                R.start(4, generation: 1), R.start(5, generation: 1),
            ])
    }

    @Test func `it does not grow before that, nor beyond its most, nor under pressure`() {
        var master = Self.busy()
        let early = master.scaleByItself(waiting: Self.since(4, master))
        #expect(early.isEmpty)
        let pressed = master.scaleByItself(waiting: Self.since(60, master), isPressed: true)
        #expect(pressed.isEmpty)
        var full = Self.busy(8)
        let most = full.scaleByItself(waiting: Self.since(60, full))
        #expect(most.isEmpty)
    }

    @Test func `workers that are still to come, or idle, are waited for`() {
        var master = Self.busy()
        _ = master.scaleByItself(waiting: Self.since(6, master))
        let again = master.scaleByItself(waiting: Self.since(7, master))
        #expect(again.isEmpty)
        master.look(2, SlotReading(state: .idle, hasRegistered: true))
        let idle = master.scaleByItself(waiting: Self.since(8, master))
        #expect(idle.isEmpty)
        master.register(2, job: "long")
        let more = master.scaleByItself(waiting: Self.since(9, master))
        #expect(more.first == .scaled(pool: 0, from: 3, to: 4, waited: .seconds(9)))
    }

    @Test func `it shrinks by half of the idle ones after a calm minute`() {
        var master = Self.busy(8)
        for slot in 4..<8 { master.look(slot, SlotReading(state: .idle, hasRegistered: true)) }
        let first = master.scaleByItself()
        #expect(first.isEmpty)
        master.pass(.seconds(60))
        let actions = master.scaleByItself()
        #expect(
            actions == [
                .scaled(pool: 0, from: 8, to: 6, waited: nil), .tell(slot: 7, .retire),
                .tell(slot: 6, .retire),
            ])
        let next = master.scaleByItself()
        #expect(next.isEmpty)
    }

    @Test func `a job that waits, or a moment without idle workers, starts the minute again`() {
        var master = Self.busy(4)
        master.look(3, SlotReading(state: .idle, hasRegistered: true))
        _ = master.scaleByItself()
        master.pass(.seconds(40))
        _ = master.scaleByItself(waiting: Self.since(3, master))
        master.pass(.seconds(40))
        let after = master.scaleByItself()
        #expect(after.isEmpty)
        master.pass(.seconds(60))
        let later = master.scaleByItself()
        #expect(later.first == .scaled(pool: 0, from: 4, to: 3, waited: nil))
    }

    @Test func `it is asked again when a job will have waited, and when calm will have lasted`() {
        let master = Self.busy()
        let waiting = Self.since(1, master)
        let up = master.state.nextScaling(waiting: waiting, at: master.now)
        #expect(up == master.now + .seconds(4))
        let none = master.state.nextScaling(waiting: [:], at: master.now)
        #expect(none == nil)
        var large = Self.busy(3)
        large.look(2, SlotReading(state: .idle, hasRegistered: true))
        _ = large.scaleByItself()
        let down = large.state.nextScaling(waiting: [:], at: large.now)
        #expect(down == large.now + .seconds(60))
    }

    @Test func `a reload keeps the number within the new bounds`() {
        var master = Self.busy(4)
        var pool = R.pool(1)
        pool.scaling = PoolScaling(
            least: 1, most: 3, upAfter: .seconds(5), downAfter: .seconds(60))
        _ = master.beginChange()
        _ = master.commit([.changed(0, workers: 1, .settings)], [pool])
        let wanted = master.state.pools[0].wanted
        #expect(wanted == 3)
    }
}
