import Testing

@testable import RQ
@testable import WorkerPool

/// Workers that make room for a successor because of their age or their memory.
@Suite struct WorkerRecyclingTests {
    typealias R = WorkerRehearsal

    @Test func `a worker that has an age limit measures it from the start`() {
        var worker = R { $0.maxAge = .seconds(100) }
        #expect(worker.begin().last == .arm(.age, after: .seconds(100)))
    }

    @Test func `an idle worker that is old enough makes room`() {
        var worker = R { $0.maxAge = .seconds(100) }
        worker.becomeIdle()
        let actions = worker.tell(.due(.age))
        #expect(actions == [.show(.stopping), .unregister])
    }

    @Test(arguments: [WorkerEvent.due(.age), .outgrown])
    func `a busy one finishes its job first, and claims no other`(reason: WorkerEvent) {
        var worker = R()
        worker.becomeBusy()
        #expect(worker.tell(reason) == [])
        let reported = worker.tell(.reported(R.returned))
        #expect(reported.last == .settle(R.job("e1"), R.returned, next: nil))
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(settled.suffix(2) == [.show(.stopping), .unregister])
    }

    @Test func `a claim that was on its way brings its job to an end`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.due(.age))
        let claimed = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(claimed.contains(.run(R.job("e1"))))
    }

    @Test func `workers of one pool go at different times, none late`() {
        var pool = PoolConfiguration(maxJobs: 1000)
        pool.limits.maxAge = .seconds(1000)
        let exact = WorkerLimits(pool, isBurst: false)
        #expect((exact.maxJobs, exact.maxAge) == (1000, .seconds(1000)))
        let early = WorkerLimits(pool, isBurst: false, jitter: 0.0999)
        #expect(early.maxJobs == 901)
        #expect(early.maxAge.map { (.seconds(900)..<Duration.seconds(901)).contains($0) } == true)
        // What is small stays as it is written.
        #expect(
            WorkerLimits(PoolConfiguration(maxJobs: 9), isBurst: false, jitter: 0.0999).maxJobs
                == 9)
    }
}
