import Testing

@testable import WorkerPool

@Suite struct MasterBackstopTests {
    typealias R = MasterRehearsal

    private static func settler(_ slot: Int, generation: Int) -> MasterAction {
        R.start(slot, generation: generation, after: R.predecessor(slot), settlesOnly: true)
    }

    @Test func `a worker that crashes during a stop is followed by one that only settles`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        let actions = master.ended(0, .killed(signal: 11))
        #expect(actions == [Self.settler(0, generation: 2)])
        let settled = master.ended(0, .exited(code: 0), R.reading(of: 0, registered: false))
        #expect(settled == [.finish(exitCode: 0)])
    }

    @Test func `a slot that was waiting with a debt settles it at once when the stop begins`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.ended(0, .killed(signal: 11))
        _ = master.ended(0, .killed(signal: 11))
        let actions = master.asked(.terminate)
        #expect(actions == [Self.settler(0, generation: 3)])
    }

    @Test func `one that settles is not disturbed by a cold stop`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        _ = master.ended(0, .killed(signal: 11))
        let actions = master.asked(.terminate)
        #expect(actions.isEmpty)
    }

    @Test func `a worker that overstays a warm stop is killed, settled, and told of`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        let began = master.now
        let killed = master.waitUntilDue()
        let waited = master.now - began
        #expect(waited == .seconds(180 + 5 + 5))
        #expect(killed == [.overdue(slot: 0), .signal(pid: R.pid(0), .kill)])
        let settler = master.ended(0, .killed(signal: 9))
        #expect(settler == [Self.settler(0, generation: 2)])
        let end = master.ended(0, .exited(code: 0), R.reading(of: 0, registered: false))
        #expect(end == [.finish(exitCode: MasterExit.unclean)])
    }

    @Test func `a worker that overstays a cold stop is killed after its grace`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        master.pass(.seconds(2))
        _ = master.asked(.terminate)
        let began = master.now
        let killed = master.waitUntilDue()
        let waited = master.now - began
        #expect(waited == .seconds(5 + 5))
        #expect(killed == [.overdue(slot: 0), .signal(pid: R.pid(0), .kill)])
    }

    @Test func `a worker is killed once, however long it takes to die`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.quit)
        _ = master.waitUntilDue()
        master.pass(.seconds(60))
        let actions = master.due()
        #expect(actions.isEmpty)
    }

    @Test func `one that cannot settle is tried again only as long as there is time`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        _ = master.ended(0, .killed(signal: 11))
        let began = master.now
        var tries = 0
        var end: [MasterAction] = []
        while end.isEmpty, tries < 100 {
            tries += 1
            let early = R.reading(of: 0, registered: false)
            var actions = master.ended(0, .exited(code: 69), early)
            // Nothing was started at once: what comes next comes with time.
            if master.state.slots[0].pid == nil { actions += master.waitUntilDue() }
            if actions.contains(.unsettled(slot: 0)) { end = actions }
        }
        let span = master.now - began
        #expect(tries > 2 && tries < 20)
        #expect(span <= MasterState.settlingTime)
        #expect(end.contains(.finish(exitCode: MasterExit.unclean)))
    }

    @Test func `one that hangs while it settles is killed and left for the next start`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        _ = master.ended(0, .killed(signal: 11))
        let killed = master.waitUntilDue()
        #expect(
            killed == [.overdue(slot: 0), .signal(pid: R.pid(0, generation: 2), .kill)])
        let end = master.ended(0, .killed(signal: 9), R.reading(of: 0, registered: false))
        #expect(end == [.unsettled(slot: 0), .finish(exitCode: MasterExit.unclean)])
    }

    @Test func `one that cannot even be forked to settle is left for the next start`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.asked(.terminate)
        let ordered = master.endedUnstarted(0, .killed(signal: 11))
        #expect(ordered == [Self.settler(0, generation: 2)])
        let actions = master.couldNotStart(0)
        #expect(actions == [.unsettled(slot: 0), .finish(exitCode: MasterExit.unclean)])
    }
}
