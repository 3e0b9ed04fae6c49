import Testing

@testable import RQ
@testable import WorkerPool

@Suite struct WorkerLinkTests {
    typealias R = WorkerRehearsal

    @Test func `a claim whose reply was lost is sent again under its id`() {
        var worker = R()
        worker.becomeReady()
        let lost = worker.tell(.linkDown)
        #expect(lost == [.disarm(.heartbeat), .show(.connecting)])
        let connected = worker.tell(.linkUp)
        #expect(connected == [.register])
        let registered = worker.tell(.registered(unsettled: ["e1"]))
        #expect(registered.contains(.claim("e1")))
        #expect(!registered.contains(.handBack("e1", .notStarted)))
        let claimed = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(claimed.contains(.run(R.job("e1"))))
    }

    @Test func `an idle worker claims anew once the link is back`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.linkDown, .linkUp)
        let actions = worker.tell(.registered(unsettled: []))
        #expect(actions.last == .claim("e2"))
    }

    @Test func `a running job goes on without Redis, and its lease is renewed at once after`() {
        var worker = R()
        worker.becomeBusy()
        let lost = worker.tell(.linkDown)
        #expect(lost == [.disarm(.heartbeat)])
        worker.tell(.linkUp)
        let back = worker.tell(.registered(unsettled: ["e1"]))
        #expect(
            back == [.arm(.heartbeat, after: .seconds(30)), .heartbeat(R.job("e1"))])
    }

    @Test func `a job that another host was given is ended, and nothing is recorded for it`() {
        var worker = R()
        worker.becomeBusy()
        #expect(worker.tell(.claimSettled) == [.kill(force: true)])
        let died = worker.tell(.horseDied(R.died, R.ending))
        #expect(died.contains(.handBack("e1", .stopped)))
        #expect(worker.tell(.settled(.gone)).last == .claim("e2"))
    }

    @Test func `a heartbeat that is due without Redis is left out`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.linkDown)
        let actions = worker.tell(.due(.heartbeat))
        #expect(actions.isEmpty)
    }

    @Test func `an outcome without Redis is kept and delivered after the registration`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.linkDown)
        let reported = worker.tell(.reported(R.returned))
        #expect(reported == [.disarm(.job), .disarm(.kill), .show(.settling)])
        let connected = worker.tell(.linkUp)
        #expect(connected == [.register])
        let back = worker.tell(.registered(unsettled: ["e1"]))
        #expect(back.contains(.settle(R.job("e1"), R.returned, next: "e2")))
    }

    @Test func `an outcome whose reply was lost is delivered again`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned), .linkDown, .linkUp)
        let back = worker.tell(.registered(unsettled: ["e1"]))
        #expect(back.contains { Self.settles(R.job("e1"), $0) })
    }

    @Test func `a claim that travelled with a lost outcome goes back to its queue`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned), .linkDown, .linkUp)
        let back = worker.tell(.registered(unsettled: ["e2"]))
        #expect(back.last == .handBack("e2", .notStarted))
    }

    @Test func `a hand-back whose reply was lost is sent again`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stableLost, .linkDown, .linkUp)
        let back = worker.tell(.registered(unsettled: ["e1"]))
        #expect(back.contains(.handBack("e1", .stableDied)))
        #expect(back.filter { $0 == .handBack("e1", .stableDied) }.count == 1)
    }

    @Test func `a worker whose hash was deleted registers again and goes on`() {
        var worker = R()
        worker.becomeIdle()
        let gone = worker.tell(.unregistered)
        #expect(gone == [.register])
        let back = worker.tell(.registered(unsettled: []), .woken)
        #expect(back == [.claim("e2")])
    }

    @Test func `a busy worker whose hash was deleted registers again and renews its lease`() {
        var worker = R()
        worker.becomeBusy()
        let gone = worker.tell(.unregistered)
        #expect(gone == [.register])
        let back = worker.tell(.registered(unsettled: ["e1"]))
        #expect(back.contains(.heartbeat(R.job("e1"))))
    }

    @Test func `a claim that finds the hash gone is made anew after the registration`() {
        var worker = R()
        worker.becomeReady()
        let gone = worker.tell(.claimed(.unregistered))
        #expect(gone == [.register])
        let back = worker.tell(.registered(unsettled: []))
        #expect(back.last == .claim("e2"))
    }

    @Test func `a hash found gone twice in a row is registered once`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.due(.heartbeat), .unregistered)
        let second = worker.tell(.claimed(.unregistered))
        #expect(second.isEmpty)
    }

    @Test func `a job that comes for a claim given up is handed back`() {
        var worker = R()
        worker.becomeIdle()
        let actions = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(actions == [.handBack("e1", .notStarted)])
    }

    @Test func `a job that comes twice is run once`() {
        var worker = R()
        worker.becomeBusy()
        let actions = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(actions.isEmpty)
    }

    @Test func `a name that was lost to another is not worked under`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.linkDown, .linkUp, .nameTaken)
        let woken = worker.tell(.woken)
        #expect(woken.isEmpty)
    }

    private static func settles(_ job: ClaimedJob, _ action: WorkerAction) -> Bool {
        if case .settle(job, R.returned, next: _) = action { true } else { false }
    }
}
