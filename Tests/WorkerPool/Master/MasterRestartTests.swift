import Testing

@testable import WorkerPool

@Suite struct MasterRestartTests {
    typealias R = MasterRehearsal

    @Test func `the start brings up the stables first and then a worker for each slot`() {
        var master = R(workers: 2, stables: 1)
        let actions = master.beginOnly()
        #expect(
            actions == [
                .startStable(0), R.start(0, generation: 1, sweepsHost: true),
                R.start(1, generation: 1),
            ])
    }

    @Test func `a worker that crashes is replaced at once the first time`() {
        var master = R()
        master.begin()
        let actions = master.ended(1, .killed(signal: 11))
        #expect(actions == [R.start(1, generation: 2, after: R.predecessor(1))])
    }

    @Test func `a worker that crashes again waits, longer each time`() {
        var master = R()
        master.begin()
        _ = master.ended(1, .exited(code: 3))
        var waits: [Duration] = []
        for _ in 0..<12 {
            for action in master.ended(1, .exited(code: 3), jitter: 0.5) {
                if case .postponed(slot: 1, let wait) = action { waits.append(wait) }
            }
            _ = master.waitUntilDue()
        }
        let expected: [Duration] = [
            .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800),
            .milliseconds(1_600), .milliseconds(3_200), .milliseconds(6_400),
            .milliseconds(12_800), .seconds(20), .seconds(20), .seconds(20), .seconds(20),
        ]
        #expect(waits == expected)
    }

    @Test func `a waiting slot is refilled when its time has come and not before`() {
        var master = R()
        master.begin()
        _ = master.ended(0, .exited(code: 3))
        _ = master.ended(0, .exited(code: 3))
        master.pass(.milliseconds(99))
        let early = master.due()
        #expect(early.isEmpty)
        master.pass(.milliseconds(1))
        let actions = master.due()
        #expect(actions == [R.start(0, generation: 3, after: R.predecessor(0))])
    }

    @Test func `a worker that was well for ten seconds starts from zero again`() {
        var master = R()
        master.begin()
        for _ in 0..<4 {
            _ = master.ended(0, .exited(code: 3))
            _ = master.waitUntilDue()
        }
        master.register(0)
        master.pass(.seconds(10))
        let actions = master.ended(0, .exited(code: 3))
        #expect(actions == [R.start(0, generation: 6, after: R.predecessor(0))])
    }

    @Test func `ten seconds without ever registering are not well`() {
        var master = R()
        master.begin()
        let stuck = R.reading(of: 0, registered: false)
        _ = master.ended(0, .exited(code: 3), stuck)
        master.pass(.seconds(60))
        let actions = master.ended(0, .exited(code: 3), stuck)
        #expect(actions == [.postponed(slot: 0, .milliseconds(100))])
    }

    @Test func `a slot that keeps failing is shown as failing while the others work`() {
        var master = R(workers: 2)
        master.begin()
        for _ in 0..<3 {
            _ = master.ended(0, .exited(code: 3))
            _ = master.waitUntilDue()
        }
        let failing = master.state.slots.map(\.isFailing)
        let pids = master.state.slots.map(\.pid)
        #expect(failing == [true, false])
        #expect(pids == [R.pid(0, generation: 4), R.pid(1)])
    }

    @Test func `a failing slot is shown as well after ten good seconds, with no event`() {
        var master = R(workers: 1)
        master.begin()
        for _ in 0..<3 {
            _ = master.ended(0, .exited(code: 3))
            _ = master.waitUntilDue()
        }
        master.register(0)
        let before = master.state.slots[0].isFailing
        _ = master.waitUntilDue()
        let after = master.state.slots[0].isFailing
        let nextDue = master.state.nextDue
        #expect(before && !after)
        #expect(nextDue == nil)
    }

    @Test func `a worker that asks for a successor gets one at once, every time`() {
        var master = R()
        master.begin()
        for generation in 2..<8 {
            let actions = master.ended(1, .exited(code: 75))
            #expect(actions == [R.start(1, generation: generation)])
        }
    }

    @Test func `the daemon replaces a worker that finished`() {
        var master = R()
        master.begin()
        let actions = master.ended(1, .exited(code: 0))
        #expect(actions == [R.start(1, generation: 2)])
    }

    @Test(arguments: [Int32(0), 75])
    func `one that leaves before it ever registered is held back like a crash`(code: Int32) {
        var master = R()
        master.begin()
        let early = R.reading(of: 1, registered: false)
        _ = master.ended(1, .exited(code: code), early)
        let actions = master.ended(1, .exited(code: code), early)
        #expect(actions == [.postponed(slot: 1, .milliseconds(100))])
    }

    @Test func `a worker that cannot be forked is tried again at once and then later`() {
        var master = R(workers: 1)
        let first = master.ordersAtStart()
        let second = master.couldNotStart(0)
        let third = master.couldNotStart(0)
        #expect(first == [R.start(0, generation: 1, sweepsHost: true)])
        #expect(second == [R.start(0, generation: 2, sweepsHost: true)])
        #expect(third == [.postponed(slot: 0, .milliseconds(100))])
    }

    @Test func `a second worker in one slot is a bug`() async {
        await #expect(processExitsWith: .failure) {
            var slot = MasterSlot(index: 0, pool: 0, number: 0)
            _ = slot.order(sweepsHost: false, settlesOnly: false, stable: nil)
            slot.started(pid: 1, at: .now())
            slot.started(pid: 2, at: .now())
        }
    }
}
