import Testing

@testable import WorkerPool

/// Reloads and restarts while the service works.
@Suite struct MasterChangeTests {
    typealias R = MasterRehearsal

    /// A pool whose stable 1 has been tried; its workers still have stable 0.
    private static func tried(workers: Int) -> R {
        var master = R(pools: [R.pool(workers, stable: 0)], stables: 1)
        master.begin()
        _ = master.beginChange()
        _ = master.tryOut(1)
        _ = master.canaryEnded(1, .exited(code: 0))
        return master
    }

    private static let replacement = [PoolChange.changed(0, workers: nil, .replacement)]

    @Test func `settings are tried by a child before anything else happens`() {
        var master = R(workers: 1)
        master.begin()
        let actions = master.beginChange()
        #expect(actions == [.startCheck])
        let child = master.state.child(of: R.check)
        #expect(child == .check)
    }

    @Test func `a child that has found something wrong has ended, and is not told to`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.beginChange()
        master.checkEnded()
        let actions = master.dropChange()
        #expect(actions.isEmpty)
    }

    @Test func `new stables load and are tried, each by a canary`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.beginChange()
        let actions = master.tryOut(1, 2)
        #expect(
            actions == [
                .startStable(1), .startCanary(stable: 1), .startStable(2), .startCanary(stable: 2),
            ])
        let child = master.state.child(of: R.canary + 2)
        #expect(child == .canary(stable: 2))
        let first = master.canaryEnded(1, .exited(code: 0))
        #expect(first == nil)
        let second = master.canaryEnded(2, .exited(code: 0))
        #expect(second == .passed)
    }

    @Test func `a canary that does not come back leaves all as it was`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.beginChange()
        _ = master.tryOut(1)
        let result = master.canaryEnded(1, .exited(code: 69))
        #expect(result == .failed(stable: 1))
        let actions = master.dropChange()
        // The canary, which has ended, is not told; the stable is.
        #expect(actions == [.signal(pid: 901, .kill)])
        let end = master.stableEnded(1, .killed(signal: 9))
        #expect(end.isEmpty)
        let spare = master.state.spare
        #expect(spare.stables == [1])
        let pid = master.state.slots[0].pid
        #expect(pid == R.pid(0))
    }

    @Test func `a stable that dies on trial is not started again`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.beginChange()
        _ = master.tryOut(1)
        let end = master.stableEnded(1, .exited(code: 78))
        #expect(end.isEmpty)
        let complaint = MasterStatus(of: master.state).complaint
        #expect(complaint == "")
    }

    @Test func `idle workers are replaced one after the other`() {
        var master = Self.tried(workers: 3)
        let actions = master.commit(Self.replacement, [R.pool(3, stable: 1)])
        #expect(actions == [.tell(slot: 0, .retire)])
        let early = master.roll()
        #expect(early.isEmpty)
        let successor = master.ended(0, .exited(code: 0))
        #expect(successor == [R.start(0, generation: 2)])
        let stable = master.state.slots[0].stable
        #expect(stable == 1)
        let still = master.roll()
        #expect(still.isEmpty)
        master.register(0)
        let next = master.roll()
        #expect(next == [.tell(slot: 1, .retire)])
        let result = master.changeResult()
        #expect(result == nil)
    }

    @Test func `busy workers are replaced after their job, and nobody waits for that`() {
        var master = R(pools: [R.pool(2, stable: 0)], stables: 1)
        master.begin()
        master.register(1, job: "long")
        _ = master.beginChange()
        _ = master.tryOut(1)
        let actions = master.commit(
            [.changed(0, workers: nil, .replacement)], [R.pool(2, stable: 1)])
        #expect(actions == [.tell(slot: 0, .retire), .tell(slot: 1, .retire)])
        _ = master.ended(0, .exited(code: 0))
        master.register(0)
        _ = master.roll()
        let result = master.changeResult()
        #expect(result == .done)
    }

    @Test func `the old stable goes once no worker has horses from it`() {
        var master = Self.tried(workers: 1)
        _ = master.commit(Self.replacement, [R.pool(1, stable: 1)])
        let early = master.roll()
        #expect(early.isEmpty)
        _ = master.ended(0, .exited(code: 0))
        let late = master.roll()
        #expect(late == [.signal(pid: 900, .kill)])
        _ = master.stableEnded(0, .killed(signal: 9))
        let spare = master.state.spare
        #expect(spare.stables == [0])
    }

    @Test func `workers that do not come up are named in time, and the others stay`() {
        var master = Self.tried(workers: 2)
        _ = master.commit(Self.replacement, [R.pool(2, stable: 1)])
        _ = master.ended(0, .exited(code: 0))
        let due = master.state.nextDue
        master.pass(MasterChange.patience)
        #expect(due == master.now)
        let result = master.changeResult()
        #expect(result == .late(slots: [0]))
        let actions = master.roll()
        #expect(!actions.contains(.tell(slot: 1, .retire)))
    }

    @Test func `new settings are told to those that run`() {
        var master = R(workers: 2)
        master.begin()
        _ = master.beginChange()
        var pool = R.pool(2)
        pool.stopTimeout = .seconds(7)
        let actions = master.commit([.changed(0, workers: nil, .settings)], [pool])
        #expect(actions == [.tellSettings(slot: 0), .tellSettings(slot: 1)])
        let timeout = master.state.pools[0].stopTimeout
        #expect(timeout == .seconds(7))
        let result = master.changeResult()
        #expect(result == .done)
    }

    @Test func `a pool that is paused or scaled stays so unless its workers have changed`() {
        var master = R(workers: 2)
        master.begin()
        _ = master.scale(0, to: 3)
        _ = master.pause(0, true)
        _ = master.beginChange()
        let actions = master.commit([.changed(0, workers: nil, .settings)], [R.pool(2)])
        #expect(actions.count == 3)
        let pool = master.state.pools[0]
        #expect(pool.wanted == 3)
        #expect(pool.isPaused)
    }

    @Test func `a change waits for workers that are new`() {
        var master = R(workers: 1)
        master.begin()
        _ = master.beginChange()
        let actions = master.commit(
            [.changed(0, workers: 2, .nothing), .added(1)], [R.pool(2), R.pool(1)])
        #expect(actions == [R.start(1, generation: 1), R.start(2, generation: 1)])
        let early = master.changeResult()
        #expect(early == nil)
        master.register(1)
        master.register(2)
        let late = master.changeResult()
        #expect(late == .done)
    }

    @Test func `a pool that is gone loses its workers, and then its number is free`() {
        var master = R(pools: [R.pool(1), R.pool(1)])
        master.begin()
        _ = master.beginChange()
        let actions = master.commit([.removed(1)], [R.pool(1), R.pool(1)])
        #expect(actions == [.tell(slot: 1, .retire)])
        let early = master.state.spare
        #expect(early.pools == [])
        _ = master.ended(1, .exited(code: 0))
        let late = master.state.spare
        #expect(late.pools == [1])
        let result = master.changeResult()
        #expect(result == .done)
    }

    @Test func `a stop ends what a change had begun`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.beginChange()
        _ = master.tryOut(1)
        let actions = master.asked(.terminate)
        #expect(actions.prefix(2) == [.signal(pid: R.canary + 1, .kill), .signal(pid: 901, .kill)])
        let change = master.state.change
        #expect(change == nil)
    }

    @Test func `a scheduler with other settings takes the place of the one before at once`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        let actions = master.changeScheduler(isWanted: true)
        #expect(actions == [.signal(pid: R.scheduler, .warmStop)])
        let end = master.schedulerEnded()
        #expect(end == [.startScheduler])
    }

    @Test func `a scheduler that is not wanted any more has no successor, a new one starts`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        _ = master.changeScheduler(isWanted: false)
        let end = master.schedulerEnded()
        #expect(end.isEmpty)
        let isGone = master.state.scheduler == nil
        #expect(isGone)
        let start = master.changeScheduler(isWanted: true)
        #expect(start == [.startScheduler])
    }
}
