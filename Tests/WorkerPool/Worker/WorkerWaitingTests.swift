import Testing

@testable import RQ
@testable import WorkerPool

/// Who waits for a push: a worker that can claim at once.
@Suite struct WorkerWaitingTests {
    @Test func `an idle worker with a slot stable can claim, also while it asks`() {
        var worker = WorkerRehearsal()
        worker.becomeIdle()
        let isAble1 = worker.canClaim
        #expect(isAble1)
        worker.tell(.woken)
        let isAble2 = worker.canClaim
        #expect(isAble2)
    }

    @Test(arguments: [
        WorkerEvent.stableLost, .linkDown, .unregistered, .paused, .stopRequested(.retire),
        .stopRequested(.warm), .stopRequested(.cold), .nameTaken, .due(.age),
    ])
    func `whoever cannot claim does not wait for a push`(event: WorkerEvent) {
        var worker = WorkerRehearsal()
        worker.becomeIdle()
        worker.tell(event)
        let isAble3 = worker.canClaim
        #expect(!isAble3)
    }

    @Test(arguments: [WorkerEvent.stableLost, .linkDown, .paused])
    func `the same while the claim is on its way`(event: WorkerEvent) {
        var worker = WorkerRehearsal()
        worker.becomeIdle()
        worker.tell(.woken, event)
        let isAble4 = worker.canClaim
        #expect(!isAble4)
    }

    @Test func `a worker with a job leaves the waiting to others`() {
        var worker = WorkerRehearsal()
        worker.becomeReady()
        worker.tell(.claimed(.job(WorkerRehearsal.job("e1"))))
        let isAble5 = worker.canClaim
        #expect(!isAble5)
    }

    @Test func `an idle worker that loses its slot stable looks when it has another`() {
        var worker = WorkerRehearsal()
        worker.becomeIdle()
        let lost = worker.tell(.stableLost)
        #expect(lost.suffix(2) == [.show(.waitingForStable), .askForStable])
        #expect(worker.tell(.stablePresent) == [.claim("e2")])
    }

    @Test func `without a slot stable, queues that were empty are looked at again`() {
        var worker = WorkerRehearsal()
        worker.becomeReady()
        worker.tell(.stableLost)
        #expect(worker.tell(.claimed(.empty)) == [.show(.waitingForStable)])
        #expect(worker.tell(.stablePresent) == [.claim("e2")])
    }

    @Test func `a hand-back behind an empty claim is followed by another look`() {
        var worker = WorkerRehearsal()
        worker.becomeReady()
        worker.tell(.linkDown, .linkUp)
        let sent = worker.tell(.registered(unsettled: ["e0"]))
        #expect(sent.contains(.claim("e1")) && sent.contains(.handBack("e0", .notStarted)))
        worker.tell(.claimed(.empty))
        let isAble6 = worker.canClaim
        #expect(!isAble6)
        #expect(worker.tell(.settled(.requeued(deaths: 0))).contains(.claim("e2")))
    }

    @Test func `a hand-back before the claim's answer is followed by another look, too`() {
        var worker = WorkerRehearsal()
        worker.becomeReady()
        worker.tell(.linkDown, .linkUp, .registered(unsettled: ["e0"]))
        worker.tell(.settled(.requeued(deaths: 0)))
        #expect(worker.tell(.claimed(.empty)).contains(.claim("e2")))
    }

    @Test func `a registration of an idle worker that finds an old claim is followed by a look`() {
        var worker = WorkerRehearsal()
        worker.becomeIdle()
        worker.tell(.unregistered)
        #expect(worker.tell(.registered(unsettled: ["e0"])).contains(.handBack("e0", .notStarted)))
        #expect(worker.tell(.settled(.requeued(deaths: 0))).contains(.claim("e2")))
    }
}
