import Testing

@testable import RQ
@testable import WorkerPool

@Suite struct WorkerStopTests {
    typealias R = WorkerRehearsal

    @Test func `an idle worker unregisters and leaves with status 0`() {
        var worker = R()
        worker.becomeIdle()
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions == [.arm(.stop, after: .seconds(180)), .show(.stopping), .unregister])
    }

    @Test func `a job claimed while the stop was on its way is handed back unstarted`() {
        var worker = R()
        worker.becomeReady()
        let stopped = worker.tell(.stopRequested(.warm))
        #expect(stopped == [.arm(.stop, after: .seconds(180))])
        let claimed = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(claimed.last == .handBack("e1", .notStarted))
        let settled = worker.tell(.settled(.requeued(deaths: 0)))
        #expect(settled.last == .unregister)
    }

    @Test func `a job that waits for a horse is handed back unstarted`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        worker.tell(.claimed(.job(R.job("e1"))))
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions == [.arm(.stop, after: .seconds(180)), .handBack("e1", .notStarted)])
    }

    @Test func `a claim that finds nothing during a stop ends the worker`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.stopRequested(.warm))
        let actions = worker.tell(.claimed(.empty))
        #expect(actions.last == .unregister)
    }

    @Test func `a running job finishes, and nothing is claimed with its outcome`() {
        var worker = R()
        worker.becomeBusy()
        let stopped = worker.tell(.stopRequested(.warm))
        // The heartbeat shows that it was asked.
        #expect(stopped == [.heartbeat(R.job("e1")), .arm(.stop, after: .seconds(180))])
        let reported = worker.tell(.reported(R.returned))
        #expect(reported.last == .settle(R.job("e1"), R.returned, next: nil))
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(settled.last == .unregister)
    }

    @Test func `a job claimed along with the last outcome is handed back`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned), .stopRequested(.warm))
        worker.tell(.settled(.finished(resultTTL: 500)))
        let actions = worker.tell(.claimed(.job(R.job("e2"))))
        #expect(actions.last == .handBack("e2", .notStarted))
    }

    @Test func `a second warm request does not give more time`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.warm))
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions.isEmpty)
    }

    @Test func `a cold stop kills the horse and hands its job back`() {
        var worker = R()
        worker.becomeBusy()
        let stopped = worker.tell(.stopRequested(.cold))
        #expect(stopped.contains(.kill(force: true)))
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .handBack("e1", .stopped))
        let settled = worker.tell(.settled(.requeued(deaths: 0)))
        #expect(settled.last == .unregister)
    }

    @Test func `an outcome that was told before the kill is kept`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.cold))
        let actions = worker.tell(.reported(R.returned))
        #expect(actions.last == .settle(R.job("e1"), R.returned, next: nil))
    }

    @Test func `past stop_timeout the horse is asked, and killed after the grace`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.warm))
        let due = worker.tell(.due(.stop), .stackTold)
        #expect(due.suffix(2) == [.kill(force: false), .arm(.kill, after: .seconds(5))])
        let late = worker.tell(.due(.kill))
        #expect(late == [.kill(force: true)])
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .handBack("e1", .stopped))
    }

    @Test func `a cold stop does not wait for the grace of a warm one`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.warm), .due(.stop))
        let actions = worker.tell(.stopRequested(.cold))
        #expect(actions == [.kill(force: true)])
    }

    @Test func `a stable lost during a kill by the stop counts as the stop`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.cold))
        let actions = worker.tell(.stableLost)
        #expect(actions.last == .handBack("e1", .stopped))
        #expect(!actions.contains(.askForStable))
    }

    @Test func `the outcome of a warm stop waits for Redis`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.warm), .linkDown)
        let reported = worker.tell(.reported(R.returned))
        #expect(reported == [.disarm(.job), .disarm(.kill), .show(.settling)])
        worker.tell(.linkUp)
        let back = worker.tell(.registered(unsettled: ["e1"]))
        #expect(back.last == .settle(R.job("e1"), R.returned, next: nil))
    }

    @Test func `an outcome that Redis does not take within stop_timeout is left to a successor`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.warm), .linkDown, .reported(R.returned))
        let actions = worker.tell(.due(.stop))
        #expect(actions == [.leave(69)])
    }

    @Test(arguments: [StopKind.warm, .cold])
    func `without Redis, a claim whose reply is missing is left to a successor`(kind: StopKind) {
        var worker = R()
        worker.becomeReady()
        worker.tell(.linkDown)
        let actions = worker.tell(.stopRequested(kind))
        #expect(actions.last == .leave(69))
    }

    @Test func `without Redis, a job that was not started is left to a successor`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        worker.tell(.claimed(.job(R.job("e1"))), .linkDown)
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions.last == .leave(69))
    }

    @Test func `without Redis, a cold stop waits for the horse's death only`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.linkDown)
        let stopped = worker.tell(.stopRequested(.cold))
        #expect(stopped == [.kill(force: true)])
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .leave(69))
    }

    @Test func `without Redis, a job that outlives stop_timeout is left to a successor`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.linkDown, .stopRequested(.warm))
        let due = worker.tell(.due(.stop), .stackTold)
        #expect(due.suffix(2) == [.kill(force: false), .arm(.kill, after: .seconds(5))])
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.last == .leave(69))
    }

    @Test func `a worker that loses Redis while it unregisters leaves`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.stopRequested(.warm))
        let actions = worker.tell(.linkDown)
        #expect(actions.last == .leave(0))
    }

    @Test func `a claim whose reply was lost is handed back, not made again, during a stop`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.linkDown, .linkUp, .stopRequested(.warm))
        let made = worker.tell(.registered(unsettled: ["e1"]))
        #expect(made.last == .handBack("e1", .notStarted))
        let settled = worker.tell(.settled(.requeued(deaths: 0)))
        #expect(settled.last == .unregister)
    }

    @Test func `a claim that never reached Redis is forgotten during a stop`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.linkDown, .linkUp, .stopRequested(.warm))
        let actions = worker.tell(.registered(unsettled: []))
        #expect(actions.last == .unregister)
        #expect(!actions.contains(.claim("e1")))
    }
}
