import Testing

@testable import RQ
@testable import WorkerPool

/// Jobs that are ended from outside: by their timeout, or by somebody's command.
@Suite struct WorkerEndingTests {
    typealias R = WorkerRehearsal

    private static let stopped = R.outcome(
        .stopped(text: "Job stopped by user, work-horse terminated."))

    @Test func `a job past its timeout and the grace is killed and fails`() {
        var worker = R()
        worker.becomeBusy()
        let due = worker.tell(.due(.job), .stackTold)
        #expect(due.last == .kill(force: true))
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .settle(R.job("e1"), R.died, next: "e2"))
    }

    @Test func `a timer that fires after the job has ended kills nothing`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned))
        let actions = worker.tell(.due(.job))
        #expect(actions.isEmpty)
    }

    @Test func `a job that a command stops is recorded as stopped`() {
        var worker = R()
        worker.becomeBusy()
        let commanded = worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)))
        #expect(commanded == [.kill(force: true)])
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .settle(R.job("e1"), Self.stopped, next: "e2"))
    }

    @Test func `a job that had ended before the command reached it keeps its outcome`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)))
        let actions = worker.tell(.reported(R.returned))
        #expect(actions.last == .settle(R.job("e1"), R.returned, next: "e2"))
    }

    @Test func `a job that is stopped before it started never runs`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        worker.tell(.claimed(.job(R.job("e1"))))
        let commanded = worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)))
        guard case .settle(R.job("e1"), let outcome, next: "e2") = commanded.last else {
            Issue.record("\(commanded)")
            return
        }
        #expect(outcome.kind == .stopped(text: "Job stopped by user before it started."))
        let ready = worker.tell(.horseReady)
        #expect(ready == [.disarm(.horse)])
    }

    @Test func `a horse that a command kills fails its job`() {
        var worker = R()
        worker.becomeBusy()
        let commanded = worker.tell(.killHorse)
        #expect(commanded == [.kill(force: true)])
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .settle(R.job("e1"), R.died, next: "e2"))
    }

    @Test func `a command for a horse kills nobody when no job runs`() {
        var worker = R()
        worker.becomeIdle()
        let killed = worker.tell(.killHorse)
        #expect(killed.isEmpty)
        let stopped = worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)))
        #expect(stopped.isEmpty)
    }

    @Test func `a cold stop during a kill for the timeout keeps the timeout as the reason`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.due(.job), .stopRequested(.cold))
        let actions = worker.tell(.horseDied(R.died, R.ending))
        #expect(actions.last == .settle(R.job("e1"), R.died, next: nil))
    }

    @Test func `the last of max_jobs is settled without another claim`() {
        var worker = R { $0.maxJobs = 2 }
        worker.becomeBusy()
        let first = worker.tell(.reported(R.returned))
        #expect(first.last == .settle(R.job("e1"), R.returned, next: "e2"))
        worker.tell(.settled(.finished(resultTTL: 500)), .claimed(.job(R.job("e2"))))
        let second = worker.tell(.reported(R.returned))
        #expect(second.last == .settle(R.job("e2"), R.returned, next: nil))
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(settled.last == .unregister)
    }

    @Test func `after max_jobs it leaves with status 75 when Redis goes away`() {
        var worker = R { $0.maxJobs = 1 }
        worker.becomeBusy()
        worker.tell(.reported(R.returned), .settled(.finished(resultTTL: 500)))
        let actions = worker.tell(.linkDown)
        #expect(actions.last == .leave(75))
    }

    @Test func `a job handed back does not count towards max_jobs`() {
        var worker = R { $0.maxJobs = 1 }
        worker.becomeBusy()
        worker.tell(.stableLost, .settled(.requeued(deaths: 1)))
        let actions = worker.tell(.stablePresent)
        #expect(actions == [.claim("e2")])
    }

    @Test func `after max_idle_time it looks once more, then makes room for a successor`() {
        var worker = R { $0.maxIdleTime = .seconds(90) }
        worker.becomeReady()
        let idle = worker.tell(.claimed(.empty))
        #expect(idle == [.show(.idle), .arm(.idle, after: .seconds(90))])
        let over = worker.tell(.due(.idle))
        #expect(over == [.claim("e2")])
        let empty = worker.tell(.claimed(.empty))
        #expect(empty == [.show(.stopping), .unregister])
        let gone = worker.tell(.linkDown)
        #expect(gone.last == .leave(WorkerExit.wantsSuccessor))
    }

    @Test func `further looks at empty queues do not prolong max_idle_time`() {
        var worker = R { $0.maxIdleTime = .seconds(90) }
        worker.becomeIdle()
        worker.tell(.woken)
        let again = worker.tell(.claimed(.empty))
        #expect(again == [.show(.idle)])
    }

    @Test func `a job that comes at the last moment is run, and the time begins anew`() {
        var worker = R { $0.maxIdleTime = .seconds(90) }
        worker.becomeIdle()
        worker.tell(.due(.idle))
        let taken = worker.tell(.claimed(.job(R.job("e2"))))
        #expect(taken.contains(.disarm(.idle)) && taken.contains(.run(R.job("e2"))))
        worker.tell(.horseReady, .reported(R.returned), .settled(.finished(resultTTL: 500)))
        let idle = worker.tell(.claimed(.empty))
        #expect(idle == [.show(.idle), .arm(.idle, after: .seconds(90))])
    }

    @Test func `a suspension does not count as idle`() {
        var worker = R { $0.maxIdleTime = .seconds(90) }
        worker.becomeIdle()
        worker.tell(.woken)
        let suspended = worker.tell(.claimed(.suspended))
        #expect(suspended == [.show(.suspended), .disarm(.idle)])
    }

    @Test(arguments: [ClaimReply.empty, .suspended])
    func `in burst mode nothing to do is the end`(reply: ClaimReply) {
        var worker = R { $0.isBurst = true }
        worker.becomeReady()
        let actions = worker.tell(.claimed(reply))
        #expect(actions == [.show(.stopping), .unregister])
    }

    @Test func `in burst mode a worker goes on while there are jobs`() {
        var worker = R { $0.isBurst = true }
        worker.becomeBusy()
        worker.tell(.reported(R.returned), .settled(.finished(resultTTL: 500)))
        let actions = worker.tell(.claimed(.job(R.job("e2"))))
        #expect(actions.contains(.run(R.job("e2"))))
    }
}
