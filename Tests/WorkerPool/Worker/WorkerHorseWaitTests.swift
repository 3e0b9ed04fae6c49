import Testing

@testable import RQ
@testable import WorkerPool

@Suite struct WorkerHorseWaitTests {
    typealias R = WorkerRehearsal

    /// Holds the job `e1`; its slot stable was asked for a horse.
    private func holding() -> R {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        worker.tell(.horseAsked, .claimed(.job(R.job("e1"))))
        return worker
    }

    @Test func `a job waits for a horse for one and a half seconds, whatever was awaited before`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        let asked = worker.tell(.horseAsked)
        let held = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(asked == [.arm(.horse, after: .seconds(5))])
        #expect(held.last == .arm(.horse, after: .milliseconds(1500)))
    }

    @Test func `a horse that comes in time ends the wait`() {
        var worker = holding()
        let actions = worker.tell(.horseReady)
        #expect(actions.first == .disarm(.horse))
        #expect(actions.contains(.run(R.job("e1"))))
    }

    @Test
    func `a slot stable that sleeps is killed, and its job goes back without a death counted`() {
        var worker = holding()
        let actions = worker.tell(.horseLate(isWorking: false))
        #expect(
            actions == [.show(.waitingForHorse), .replaceStable, .handBack("e1", .noHorse)])
        let blames = HandBackReason.noHorse.blamesJob
        #expect(!blames)
    }

    @Test func `a slot stable at work is not killed, but its job goes back all the same`() {
        var worker = holding()
        let actions = worker.tell(.horseLate(isWorking: true))
        #expect(
            actions == [
                .show(.waitingForHorse), .arm(.horse, after: .seconds(5)),
                .handBack("e1", .noHorse),
            ])
    }

    @Test func `a slot stable that works on one horse for half a minute is killed`() {
        var worker = holding()
        var kills = 0
        var looks = 0
        while kills == 0, looks < 20 {
            looks += 1
            if worker.tell(.horseLate(isWorking: true)).contains(.replaceStable) { kills += 1 }
        }
        #expect(looks == 7)
    }

    @Test func `a worker whose slot stable is late takes no job until there is a horse`() {
        var worker = holding()
        worker.tell(.horseLate(isWorking: true))
        let back = worker.tell(.settled(.requeued(deaths: 0)))
        let woken = worker.tell(.woken)
        let ready = worker.tell(.horseReady)
        #expect(!back.contains(.claim("e2")))
        #expect(!woken.contains(.claim("e2")))
        #expect(ready.contains(.claim("e2")))
    }

    @Test func `an idle worker whose slot stable hangs takes another and looks again`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.horseGone, .horseAsked)
        let late = worker.tell(.horseLate(isWorking: false))
        let lost = worker.tell(.stableLost)
        let present = worker.tell(.stablePresent)
        #expect(late == [.show(.waitingForHorse), .replaceStable])
        #expect(lost.contains(.askForStable))
        #expect(present == [.claim("e2")])
    }

    @Test func `a job whose slot stable cannot fork goes back at once`() {
        var worker = holding()
        let actions = worker.tell(.forkRefused)
        #expect(
            actions == [
                .disarm(.horse), .show(.waitingForHorse), .handBack("e1", .noHorse),
            ])
    }

    @Test func `a slot stable that cannot fork is not killed for it`() {
        var worker = holding()
        worker.tell(.forkRefused, .settled(.requeued(deaths: 0)))
        let again = worker.tell(.horseAsked)
        let refused = worker.tell(.forkRefused)
        #expect(again == [.arm(.horse, after: .seconds(5))])
        #expect(refused == [.disarm(.horse)])
    }

    @Test func `a job whose slot stable has died does not wait longer for the next one`() {
        var worker = holding()
        let lost = worker.tell(.stableLost)
        let late = worker.tell(.horseLate(isWorking: false))
        #expect(lost.contains(.askForStable))
        #expect(!lost.contains(.disarm(.horse)))
        #expect(late.contains(.handBack("e1", .noHorse)))
    }

    @Test func `a slot stable that was forked and does not say hello is killed`() {
        var worker = R()
        _ = worker.begin()
        let forked = worker.tell(.horseAsked)
        let late = worker.tell(.horseLate(isWorking: false))
        #expect(forked == [.arm(.horse, after: .seconds(5))])
        #expect(late == [.show(.waitingForStable), .replaceStable])
    }

    @Test func `an errand without a horse is left undone, and the outcome recorded`() {
        var worker = R { $0.tellsOfDeaths = true }
        worker.becomeReady()
        worker.tell(.claimed(.job(R.job("e1"))))
        let died = worker.tell(.horseDied(R.died, R.ending))
        let late = worker.tell(.horseLate(isWorking: false))
        #expect(died.contains(.arm(.horse, after: .milliseconds(1500))))
        #expect(late.contains(.skippedErrand))
        let isSettled = late.contains {
            if case .settle(_, R.died, nil) = $0 { true } else { false }
        }
        #expect(isSettled)
    }
}
