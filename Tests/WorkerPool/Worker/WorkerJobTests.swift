import Testing

@testable import RQ
@testable import WorkerPool

@Suite struct WorkerJobTests {
    typealias R = WorkerRehearsal

    @Test func `a claimed job runs at once when a horse waits`() {
        var worker = R()
        worker.becomeReady()
        let actions = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(
            actions == [
                .arm(.heartbeat, after: .seconds(30)), .show(.busy), .run(R.job("e1")),
                .arm(.job, after: .seconds(110)),
            ])
    }

    @Test func `a job that may run for ever has no timer`() {
        var worker = R()
        worker.becomeReady()
        let actions = worker.tell(.claimed(.job(R.job("e1", timeout: "-1"))))
        #expect(actions.last == .run(R.job("e1", timeout: "-1")))
    }

    @Test func `a job whose timeout is not a number gets the standard one`() {
        var worker = R()
        worker.becomeReady()
        let actions = worker.tell(.claimed(.job(R.job("e1", timeout: "soon"))))
        #expect(actions.last == .arm(.job, after: .seconds(190)))
    }

    @Test func `a claimed job waits for a horse`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        let held = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(
            held == [
                .arm(.heartbeat, after: .seconds(30)), .arm(.horse, after: .milliseconds(1500)),
            ])
        let ready = worker.tell(.horseReady)
        #expect(ready.contains(.run(R.job("e1"))))
    }

    @Test func `a claimed job waits for another horse when the waiting one dies`() {
        var worker = R()
        worker.becomeReady()
        let held = worker.tell(.horseGone, .claimed(.job(R.job("e1"))))
        #expect(
            held == [
                .arm(.heartbeat, after: .seconds(30)), .arm(.horse, after: .milliseconds(1500)),
            ])
        let ready = worker.tell(.horseReady)
        #expect(ready.contains(.run(R.job("e1"))))
    }

    @Test func `a job that its horse never read is given to the next one`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.claimed(.job(R.job("e1"))))
        let refused = worker.tell(.horseRefused(R.died, R.ending))
        #expect(refused == [.disarm(.job), .arm(.horse, after: .milliseconds(1500))])
        let ready = worker.tell(.horseReady)
        #expect(
            ready == [
                .disarm(.horse), .show(.busy), .run(R.job("e1")), .arm(.job, after: .seconds(110)),
            ])
    }

    @Test func `a job that its horse never read goes back when the stop had killed the horse`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.cold))
        let actions = worker.tell(.horseRefused(R.died, R.ending))
        #expect(actions.last == .handBack("e1", .stopped))
    }

    @Test func `an outcome and the next claim leave together`() {
        var worker = R()
        worker.becomeBusy()
        let actions = worker.tell(.reported(R.returned))
        #expect(
            actions == [
                .disarm(.job), .disarm(.kill), .show(.settling),
                .settle(R.job("e1"), R.returned, next: "e2"),
            ])
    }

    @Test func `the next job is the one that was claimed with the outcome`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned), .settled(.finished(resultTTL: 500)))
        let actions = worker.tell(.claimed(.job(R.job("e2"))))
        #expect(actions.contains(.run(R.job("e2"))))
    }

    @Test func `a horse that dies without a word settles its job as failed`() {
        var worker = R()
        worker.becomeBusy()
        let actions = worker.tell(.horseDied(R.died, R.ending))
        #expect(actions.last == .settle(R.job("e1"), R.died, next: "e2"))
    }

    @Test func `a horse's second word is not heard`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned))
        let actions = worker.tell(.horseDied(R.died, R.ending))
        #expect(actions.isEmpty)
    }

    @Test func `empty queues make it idle until a push`() {
        var worker = R()
        worker.becomeReady()
        let empty = worker.tell(.claimed(.empty))
        #expect(empty == [.show(.idle)])
        let woken = worker.tell(.woken)
        #expect(woken == [.claim("e2")])
    }

    @Test func `a push that overtakes the empty reply is not lost`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.woken)
        let actions = worker.tell(.claimed(.empty))
        #expect(actions == [.show(.idle), .claim("e2")])
    }

    @Test func `a push while it is busy costs no claim of its own`() {
        var worker = R()
        worker.becomeBusy()
        let woken = worker.tell(.woken)
        #expect(woken.isEmpty)
        let empty = worker.tell(
            .reported(R.returned), .settled(.finished(resultTTL: 500)), .claimed(.empty))
        #expect(empty == [.show(.idle)])
    }

    @Test func `suspended, it looks again at a wake-up`() {
        var worker = R()
        worker.becomeReady()
        let suspended = worker.tell(.claimed(.suspended))
        #expect(suspended == [.show(.suspended)])
        let woken = worker.tell(.woken)
        #expect(woken == [.claim("e2")])
    }

    @Test func `an idle heartbeat also looks at the queues`() {
        var worker = R()
        worker.becomeIdle()
        let actions = worker.tell(.due(.heartbeat))
        #expect(
            actions == [
                .heartbeat(nil), .arm(.heartbeat, after: .seconds(60)), .claim("e2"),
            ])
    }

    @Test func `a busy heartbeat renews the lease and claims nothing`() {
        var worker = R()
        worker.becomeBusy()
        let actions = worker.tell(.due(.heartbeat))
        #expect(actions == [.heartbeat(R.job("e1")), .arm(.heartbeat, after: .seconds(30))])
    }

    @Test func `after a job the heartbeat is an idle one's`() {
        var worker = R()
        worker.becomeBusy()
        let actions = worker.tell(.reported(R.returned), .settled(.finished(resultTTL: 500)))
        #expect(actions == [.arm(.heartbeat, after: .seconds(60))])
    }

    @Test func `a stable lost under a job hands it back and is asked for again`() {
        var worker = R()
        worker.becomeBusy()
        let actions = worker.tell(.stableLost)
        #expect(
            actions == [
                .disarm(.job), .disarm(.kill), .askForStable, .handBack("e1", .stableDied),
            ])
    }

    @Test func `without a stable nothing is claimed`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stableLost)
        let settled = worker.tell(.settled(.requeued(deaths: 1)))
        #expect(settled == [.arm(.heartbeat, after: .seconds(60))])
        let present = worker.tell(.stablePresent)
        #expect(present == [.claim("e2")])
    }

    @Test func `a stable lost while idle is asked for again and costs no claim`() {
        var worker = R()
        worker.becomeIdle()
        let lost = worker.tell(.stableLost)
        #expect(lost.last == .askForStable)
        let woken = worker.tell(.woken)
        #expect(woken.isEmpty)
        let present = worker.tell(.stablePresent)
        #expect(present == [.claim("e2")])
    }

    @Test func `a stable lost before the job was started costs the job nothing`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        worker.tell(.claimed(.job(R.job("e1"))))
        let lost = worker.tell(.stableLost)
        #expect(lost == [.disarm(.job), .disarm(.kill), .askForStable])
        let ready = worker.tell(.stablePresent, .horseReady)
        #expect(ready.contains(.run(R.job("e1"))))
    }
}
