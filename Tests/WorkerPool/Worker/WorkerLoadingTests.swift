import Testing

@testable import RQ
@testable import WorkerPool

/// Workers whose horses load the application themselves.
@Suite struct WorkerLoadingTests {
    typealias R = WorkerRehearsal

    /// Registered; its first horse loads.
    private func loading() -> R {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .horseLoading, .registered(unsettled: []))
        return worker
    }

    @Test func `a worker claims nothing until its horse has loaded the application`() {
        var worker = R()
        _ = worker.begin()
        let registered = worker.tell(.linkUp, .horseLoading, .registered(unsettled: []))
        let woken = worker.tell(.woken)
        let ready = worker.tell(.horseReady)
        #expect(registered.contains(.show(.waitingForImport)))
        #expect(!registered.contains(.claim("e1")) && !woken.contains(.claim("e1")))
        #expect(ready == [.claim("e1")])
    }

    @Test func `a worker does not claim with its outcome when the next horse still loads`() {
        var worker = loading()
        worker.tell(.horseReady, .claimed(.job(R.job("e1"))), .horseLoading)
        let told = worker.tell(.reported(R.returned))
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        let ready = worker.tell(.horseReady)
        #expect(told.contains(.settle(R.job("e1"), R.returned, next: nil)))
        #expect(settled.contains(.show(.waitingForImport)))
        #expect(ready == [.claim("e2")])
    }

    @Test func `a worker claims with its outcome when the next horse is ready`() {
        var worker = loading()
        worker.tell(.horseReady, .claimed(.job(R.job("e1"))), .horseLoading, .horseReady)
        let told = worker.tell(.reported(R.returned))
        #expect(told.contains(.settle(R.job("e1"), R.returned, next: "e2")))
    }

    @Test func `a job that has lost its horse goes back while the next one loads`() {
        var worker = loading()
        worker.tell(.horseReady)
        worker.tell(.horseLoading, .claimed(.job(R.job("e1"))))
        let late = worker.tell(.horseLate(isWorking: false, isLoading: true))
        #expect(late == [.handBack("e1", .noHorse)])
    }

    @Test func `nobody is killed because horses load for long`() {
        var worker = loading()
        worker.tell(.horseReady, .horseAsked)
        worker.tell(.horseLoading)
        var actions: [WorkerAction] = []
        for _ in 0..<100 {
            actions += worker.tell(.horseLate(isWorking: false, isLoading: true))
        }
        #expect(!actions.contains(.replaceStable))
    }

    @Test func `a slot stable that does not start a horse is killed`() {
        var worker = loading()
        let asked = worker.tell(.horseAsked)
        let late = worker.tell(.horseLate(isWorking: false, isLoading: false))
        #expect(asked == [.arm(.horse, after: .seconds(5))])
        #expect(late.contains(.replaceStable))
    }
}
