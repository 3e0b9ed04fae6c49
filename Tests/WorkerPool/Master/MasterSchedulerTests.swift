import Testing

@testable import WorkerPool

@Suite struct MasterSchedulerTests {
    typealias R = MasterRehearsal

    @Test func `a scheduler that dies is started again, later and later`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        let first = master.schedulerEnded()
        #expect(first == [.startScheduler])
        let second = master.schedulerEnded()
        #expect(second.isEmpty)
        let before = master.now
        let due = master.waitUntilDue()
        let waited = master.now - before
        #expect(due == [.startScheduler])
        #expect(waited == .milliseconds(100))
        let worker = master.state.slots[0].pid
        #expect(worker == R.pid(0))
    }

    @Test func `the scheduler is told to end as soon as a stop begins, once`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        let stop = master.asked(.terminate)
        #expect(
            stop == [
                .signal(pid: R.scheduler, .warmStop), .signal(pid: R.pid(0), .warmStop),
            ])
        let end = master.ended(0, .exited(code: 0))
        #expect(end.isEmpty)
        let last = master.schedulerEnded()
        #expect(last == [.finish(exitCode: 0)])
    }

    @Test func `a scheduler that does not end is killed with what is left`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        _ = master.asked(.terminate)
        _ = master.ended(0, .exited(code: 0))
        master.pass(.seconds(5))
        let actions = master.due()
        #expect(actions == [.signal(pid: R.scheduler, .kill)])
    }

    @Test func `a scheduler that ended before the stop is not started again`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        _ = master.schedulerEnded()
        _ = master.schedulerEnded()
        _ = master.asked(.quit)
        master.pass(.seconds(1))
        let actions = master.due()
        #expect(actions.isEmpty)
    }

    @Test func `in a burst, workers start when everything due has been queued`() {
        var master = R(
            workers: 1, scheduler: MasterScheduler(runsOnce: true), .unlessFinished)
        let start = master.beginOnly()
        #expect(start == [.startScheduler])
        let then = master.schedulerEnded()
        #expect(then == [R.start(0, generation: 1, sweepsHost: true)])
        let end = master.ended(0, .exited(code: 0))
        #expect(end == [.finish(exitCode: 0)])
    }

    @Test func `a stop during the scheduler's part of a burst starts no worker`() {
        var master = R(
            workers: 1, scheduler: MasterScheduler(runsOnce: true), .unlessFinished)
        _ = master.beginOnly()
        let stop = master.asked(.interrupt)
        #expect(stop == [.signal(pid: R.scheduler, .warmStop)])
        let end = master.schedulerEnded()
        #expect(end == [.finish(exitCode: 0)])
    }

    @Test func `the scheduler is told from others by its pid`() {
        var master = R(workers: 1, scheduler: MasterScheduler(runsOnce: false))
        master.begin()
        let child = master.state.child(of: R.scheduler)
        #expect(child == .scheduler)
    }
}
