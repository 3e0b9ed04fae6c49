import Testing

@testable import WorkerPool

@Suite struct MasterStopTests {
    typealias R = MasterRehearsal

    @Test(arguments: [StopRequest.terminate, .interrupt])
    func `the first request is a warm stop for every worker`(request: StopRequest) {
        var master = R()
        master.begin()
        let actions = master.asked(request)
        #expect(
            actions == [.signal(pid: R.pid(0), .warmStop), .signal(pid: R.pid(1), .warmStop)])
    }

    @Test(arguments: [StopRequest.terminate, .interrupt, .quit])
    func `the second request is a cold stop`(second: StopRequest) {
        var master = R()
        master.begin()
        _ = master.asked(.terminate)
        master.pass(second == .quit ? .zero : .seconds(1))
        let actions = master.asked(second)
        #expect(
            actions == [.signal(pid: R.pid(0), .coldStop), .signal(pid: R.pid(1), .coldStop)])
    }

    @Test func `QUIT is a cold stop at once`() {
        var master = R()
        master.begin()
        let actions = master.asked(.quit)
        #expect(
            actions == [.signal(pid: R.pid(0), .coldStop), .signal(pid: R.pid(1), .coldStop)])
    }

    @Test(arguments: [StopRequest.terminate, .interrupt], [StopRequest.terminate, .interrupt])
    func `two requests within a second are one`(first: StopRequest, second: StopRequest) {
        var master = R()
        master.begin()
        _ = master.asked(first)
        for _ in 0..<3 {
            master.pass(.milliseconds(333))
            let repeated = master.asked(second)
            #expect(repeated.isEmpty)
        }
        master.pass(.milliseconds(1))
        let meant = master.asked(second)
        #expect(meant.count == 2)
    }

    @Test func `further requests change nothing`() {
        var master = R()
        master.begin()
        _ = master.asked(.quit)
        for request in [StopRequest.terminate, .interrupt, .quit] {
            let actions = master.asked(request)
            #expect(actions.isEmpty)
        }
    }

    @Test func `the master leaves with 0 when the last worker has left`() {
        var master = R()
        master.begin()
        _ = master.asked(.terminate)
        let first = master.ended(0, .exited(code: 0))
        let last = master.ended(1, .exited(code: 0))
        #expect(first.isEmpty)
        #expect(last == [.finish(exitCode: 0)])
    }

    @Test func `nobody is replaced during a stop`() {
        var master = R()
        master.begin()
        _ = master.asked(.terminate)
        let actions = master.ended(0, .exited(code: 75))
        #expect(actions.isEmpty)
    }

    @Test func `the stables end after the workers, and the master after the stables`() {
        var master = R(workers: 1, stables: 2)
        master.begin()
        _ = master.asked(.terminate)
        _ = master.ended(1, .exited(code: 0))
        let workersGone = master.ended(0, .exited(code: 0))
        #expect(
            workersGone == [.signal(pid: 900, .warmStop), .signal(pid: 901, .warmStop)])
        let first = master.stableEnded(0, .killed(signal: 15))
        let last = master.stableEnded(1, .killed(signal: 15))
        #expect(first.isEmpty)
        #expect(last == [.finish(exitCode: 0)])
    }

    @Test func `a stable that does not end is killed, and the master says so`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.asked(.terminate)
        _ = master.ended(0, .exited(code: 0))
        let actions = master.waitUntilDue()
        #expect(actions == [.signal(pid: 900, .kill)])
        let last = master.stableEnded(0, .killed(signal: 9))
        #expect(last == [.finish(exitCode: MasterExit.unclean)])
    }

    @Test func `a slot that was waiting with no debt is simply over`() {
        var master = R(workers: 1)
        _ = master.beginOnly()
        let untouched = SlotReading(state: .starting, workerName: "host.default.0")
        _ = master.ended(0, .exited(code: 3), untouched)
        _ = master.ended(0, .exited(code: 3), untouched)
        let actions = master.asked(.terminate)
        #expect(actions == [.finish(exitCode: 0)])
    }

    @Test func `a daemon without workers stops too`() {
        var master = R(workers: 0)
        let started = master.beginOnly()
        #expect(started.isEmpty)
        let actions = master.asked(.terminate)
        #expect(actions == [.finish(exitCode: 0)])
    }

    @Test func `a stop that has begun may take as long as the slowest slot`() {
        var master = R()
        master.begin()
        _ = master.asked(.terminate)
        let (left, now) = (master.state.stopTimeLeft(at: master.now), master.now)
        #expect(now.nanoseconds > 0)
        // 180 s for the jobs, 5 s of grace, 5 s backstop, 5 s to settle, 5 s for the stables.
        #expect(left == .seconds(200))
    }
}
