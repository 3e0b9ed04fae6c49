import Testing

@testable import WorkerPool

/// Workers that make no steps any more are found and replaced.
@Suite struct MasterWatchTests {
    typealias R = MasterRehearsal

    /// A worker with a job, that has made 5 steps and promised another by the given moment.
    private static func reading(_ master: borrowing R, late: Duration, steps: UInt64 = 5)
        -> SlotReading
    {
        var reading = R.reading(of: 0, job: "a job")
        reading.progress = steps
        reading.promise = master.now + (.zero - late)
        return reading
    }

    @Test func `a worker that keeps its promise is left alone`() {
        var master = R(workers: 1)
        master.begin()
        master.look(0, Self.reading(master, late: .zero))
        let actions = master.watch()
        #expect(actions.isEmpty)
        let nextDue = master.state.nextDue
        #expect(nextDue == nil)
    }

    @Test func `one that is late is killed two seconds later, and replaced with its debt`() {
        var master = R(workers: 1)
        master.begin()
        master.look(0, Self.reading(master, late: .milliseconds(1)))
        let first = master.watch()
        #expect(first.isEmpty)
        let before = master.now
        let second = master.waitUntilDue()
        #expect(second == [.hung(slot: 0), .signal(pid: R.pid(0), .kill)])
        let waited = master.now - before
        #expect(waited == .seconds(2))
        let end = master.ended(0, .killed(signal: 9))
        #expect(end == [R.start(0, generation: 2, after: R.predecessor(0))])
    }

    @Test func `one that was only stopped for a while goes on`() {
        var master = R(workers: 1)
        master.begin()
        master.look(0, Self.reading(master, late: .seconds(60)))
        _ = master.watch()
        master.pass(.seconds(2))
        master.look(0, Self.reading(master, late: .seconds(60), steps: 6))
        let actions = master.due()
        #expect(actions.isEmpty)
        master.look(0, Self.reading(master, late: .seconds(-30), steps: 7))
        master.pass(.seconds(2))
        let later = master.due()
        #expect(later.isEmpty)
    }

    @Test func `it is killed once, however long that takes`() {
        var master = R(workers: 1)
        master.begin()
        master.look(0, Self.reading(master, late: .seconds(1)))
        _ = master.watch()
        _ = master.waitUntilDue()
        master.pass(.seconds(60))
        let actions = master.watch()
        #expect(actions.isEmpty)
    }

    @Test func `one that promises nothing is not looked at`() {
        var master = R(workers: 1)
        _ = master.beginOnly()
        master.pass(.seconds(600))
        let actions = master.watch()
        #expect(actions.isEmpty)
    }
}
