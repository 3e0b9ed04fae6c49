import Testing

@testable import WorkerPool

@Suite struct MasterDebtTests {
    @Test func `a worker whose name is another's has a successor at once, and once only`() {
        var master = R()
        master.begin()
        let unregistered = R.reading(of: 1, registered: false)
        let first = master.ended(1, .exited(code: WorkerExit.needsName), unregistered)
        #expect(first == [R.start(1, generation: 2)])
        let hasOwnName = master.state.slots[1].hasOwnName
        #expect(hasOwnName)
        // Its successor has a name of its own: for it this is a crash like another.
        _ = master.ended(1, .exited(code: WorkerExit.needsName), unregistered)
        _ = master.ended(1, .exited(code: WorkerExit.needsName), unregistered)
        let isRestarting = master.state.slots[1].isRestarting
        #expect(isRestarting)
    }

    typealias R = MasterRehearsal

    private static let horse = ProcessIdentity(pid: 4213, startTime: 7)
    private static let slotStable = ProcessIdentity(pid: 4200, startTime: 6)

    @Test func `the successor is told the name and the processes of the dead`() {
        var master = R()
        master.begin()
        var last = R.reading(of: 1, job: "a job")
        last.horse = Self.horse
        last.slotStable = Self.slotStable
        let actions = master.ended(1, .killed(signal: 9), last)
        let dead = Predecessor(
            name: "host.default.1", slotStable: Self.slotStable, horse: Self.horse,
            jobID: "a job")
        #expect(actions == [R.start(1, generation: 2, after: dead)])
    }

    @Test func `a debt is passed on until somebody has registered`() {
        var master = R()
        master.begin()
        var first = R.reading(of: 1, job: "a job")
        first.horse = Self.horse
        _ = master.ended(1, .killed(signal: 9), first)
        // The second one dies on the way, with nothing of its own.
        let second = R.reading(of: 1, registered: false)
        _ = master.ended(1, .killed(signal: 9), second)
        let actions = master.waitUntilDue()
        let dead = Predecessor(
            name: "host.default.1", slotStable: nil, horse: Self.horse, jobID: "a job")
        #expect(actions == [R.start(1, generation: 3, after: dead)])
    }

    @Test func `a debt that was paid is not passed on`() {
        var master = R()
        master.begin()
        _ = master.ended(1, .killed(signal: 9))
        master.register(1)
        let actions = master.ended(1, .exited(code: 75))
        #expect(actions == [R.start(1, generation: 3)])
    }

    @Test func `a successor that registered and died between two looks leaves its own debt`() {
        var master = R()
        master.begin()
        var first = R.reading(of: 1)
        first.horse = Self.horse
        _ = master.ended(1, .killed(signal: 9), first)
        // The master has not read the record since the fork; the last reading shows it.
        _ = master.ended(1, .killed(signal: 9), R.reading(of: 1))
        let actions = master.waitUntilDue()
        #expect(actions == [R.start(1, generation: 3, after: R.predecessor(1))])
    }

    @Test func `one that died before it did anything leaves no debt`() {
        var master = R(workers: 1)
        _ = master.beginOnly()
        let untouched = SlotReading(state: .starting, workerName: "host.default.0")
        let actions = master.ended(0, .killed(signal: 9), untouched)
        #expect(actions == [R.start(0, generation: 2, sweepsHost: true)])
    }

    @Test func `a worker that left as it should leaves no debt`() {
        var master = R()
        master.begin()
        let actions = master.ended(1, .exited(code: 0))
        #expect(actions == [R.start(1, generation: 2)])
    }

    @Test func `the first slot sweeps the host until one of its workers has registered`() {
        var master = R(workers: 1)
        _ = master.beginOnly()
        let early = R.reading(of: 0, registered: false)
        let again = master.ended(0, .killed(signal: 9), early)
        #expect(
            again == [R.start(0, generation: 2, after: R.predecessor(0), sweepsHost: true)])
        master.register(0)
        let later = master.ended(0, .exited(code: 75))
        #expect(later == [R.start(0, generation: 3)])
    }
}
