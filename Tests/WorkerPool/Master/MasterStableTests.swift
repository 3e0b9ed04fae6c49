import Testing

@testable import WorkerPool

@Suite struct MasterStableTests {
    typealias R = MasterRehearsal

    @Test func `a stable that dies is started again at once the first time`() {
        var master = R(workers: 1, stables: 2)
        master.begin()
        let actions = master.stableEnded(1, .killed(signal: 9))
        #expect(actions == [.startStable(1)])
    }

    @Test func `a stable that cannot start backs off while the workers stay`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.stableEnded(0, .exited(code: 78))
        let again = master.stableEnded(0, .exited(code: 78))
        #expect(again.isEmpty)
        let worker = master.state.slots[0].pid
        #expect(worker == R.pid(0))
        let before = master.now
        let due = master.waitUntilDue()
        let waited = master.now - before
        #expect(due == [.startStable(0)])
        #expect(waited == .milliseconds(100))
    }

    @Test func `what ails a stable is told until it has been well for ten seconds`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.stableEnded(0, .exited(code: 78))
        let complaint = MasterStatus(of: master.state).complaint
        #expect(complaint == "/opt/python0 ended: exit status 78")
        let actions = master.waitUntilDue()
        let later = MasterStatus(of: master.state).complaint
        let nextDue = master.state.nextDue
        #expect(actions.isEmpty)
        #expect(later.isEmpty)
        #expect(nextDue == nil)
    }

    @Test func `a stable that cannot load before the service was up is its end`() {
        var master = R(workers: 1, stables: 1)
        _ = master.beginOnly()
        let stopping = master.stableEnded(0, .exited(code: 78), failure: "no module app")
        #expect(stopping == [.signal(pid: R.pid(0), .warmStop)])
        let end = master.ended(0, .exited(code: 0))
        let line = MasterStatus(of: master.state).line
        #expect(end == [.finish(exitCode: 78)])
        #expect(line == "no module app")
    }

    @Test func `a stable that loads for long is asked where it is, and looked at soon after`() {
        var master = R(workers: 1, stables: 1)
        _ = master.beginOnly()
        master.hear(stable: 0)
        let start = master.now
        let question = master.waitUntilDue()
        #expect(question == [.askStable(0)] && master.now - start == .seconds(10))
        let look = master.waitUntilDue()
        #expect(look == [.hearStable(0)] && master.now - start == .milliseconds(10_500))
        let again = master.waitUntilDue()
        #expect(again == [.askStable(0)] && master.now - start == .seconds(21))
        master.loaded(stable: 0)
        let nextDue = master.state.nextDue
        #expect(nextDue == nil)
    }

    @Test func `a stable that dies after a good while starts from zero again`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        for _ in 0..<4 {
            _ = master.stableEnded(0, .exited(code: 1))
            _ = master.waitUntilDue()
        }
        master.pass(.seconds(10))
        let actions = master.stableEnded(0, .exited(code: 1))
        #expect(actions == [.startStable(0)])
    }

    @Test func `a stable that ends during a stop is not started again`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.asked(.terminate)
        let actions = master.stableEnded(0, .killed(signal: 9))
        #expect(actions.isEmpty)
        let end = master.ended(0, .exited(code: 0))
        #expect(end == [.finish(exitCode: 0)])
    }

    @Test func `a stable that is down when the stop begins stays down`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.stableEnded(0, .exited(code: 1))
        _ = master.stableEnded(0, .exited(code: 1))
        _ = master.asked(.terminate)
        master.pass(.seconds(1))
        let actions = master.due()
        #expect(actions.isEmpty)
    }

    @Test func `children are told apart by their pids`() {
        var master = R(workers: 2, stables: 1)
        master.begin()
        let worker = master.state.child(of: R.pid(1))
        let stable = master.state.child(of: 900)
        let stranger = master.state.child(of: 5)
        #expect(worker == .worker(slot: 1))
        #expect(stable == .stable(0))
        #expect(stranger == nil)
    }

    @Test func `a stable that sleeps over its workers' requests for two seconds is killed`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        let first = master.look(stable: 0, ready: true, requests: true, working: false)
        master.pass(.seconds(1))
        let second = master.look(stable: 0, ready: true, requests: true, working: false)
        master.pass(.seconds(1))
        let third = master.look(stable: 0, ready: true, requests: true, working: false)
        #expect(first.isEmpty)
        #expect(second.isEmpty)
        #expect(third == [.stableHangs(0), .signal(pid: 900, .kill)])
    }

    @Test func `a stable that answers in between is not killed`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.look(stable: 0, ready: true, requests: true, working: false)
        master.pass(.seconds(2))
        _ = master.look(stable: 0, ready: true, requests: false, working: false)
        let again = master.look(stable: 0, ready: true, requests: true, working: false)
        #expect(again.isEmpty)
    }

    @Test func `a stable at work has a minute for an answer`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.look(stable: 0, ready: true, requests: true, working: true)
        master.pass(.seconds(59))
        let late = master.look(stable: 0, ready: true, requests: true, working: true)
        master.pass(.seconds(1))
        let tooLate = master.look(stable: 0, ready: true, requests: true, working: true)
        #expect(late.isEmpty)
        #expect(tooLate == [.stableHangs(0), .signal(pid: 900, .kill)])
    }

    @Test func `loading may take any time`() {
        var master = R(workers: 1, stables: 1)
        master.begin()
        _ = master.look(stable: 0, ready: false, requests: true, working: false)
        master.pass(.seconds(600))
        let actions = master.look(stable: 0, ready: false, requests: true, working: false)
        #expect(actions.isEmpty)
    }
}
