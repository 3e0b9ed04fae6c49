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

    /// A young process whose registration may have one job, which has just been recorded.
    private static func spent(_ adjust: (inout WorkerLimits) -> Void = { _ in }) -> R {
        var worker = R {
            ($0.maxJobs, $0.leastAge) = (1, .seconds(1))
            adjust(&$0)
        }
        worker.becomeBusy()
        worker.tell(.reported(R.returned))
        return worker
    }

    @Test func `a young process measures its youth from the start`() {
        var worker = R { $0.leastAge = .seconds(1) }
        #expect(worker.begin().last == .arm(.youth, after: .seconds(1)))
    }

    @Test func `after max_jobs a young process registers anew, and then claims`() {
        var worker = Self.spent()
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(settled.suffix(2) == [.renew(jobs: 1), .register])
        let registered = worker.tell(.registered(unsettled: []))
        #expect(registered.last == .claim("e2"))
        // The next one's jobs are counted from none.
        worker.tell(.claimed(.job(R.job("e2"))), .horseReady, .reported(R.returned))
        let again = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(again.suffix(2) == [.renew(jobs: 1), .register])
    }

    @Test(arguments: [WorkerEvent.due(.youth), .outgrown, .stopRequested(.warm)])
    func `one that is old, too large, or to stop makes room for another process`(
        reason: WorkerEvent
    ) {
        var worker = Self.spent()
        worker.tell(reason)
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(settled.suffix(2) == [.show(.stopping), .unregister])
    }

    @Test func `without Redis, or without a slot stable, a young process makes room as well`() {
        var deaf = Self.spent()
        deaf.tell(.linkDown)
        let back = deaf.tell(.linkUp, .registered(unsettled: []))
        #expect(back.contains(.settle(R.job("e1"), R.returned, next: nil)))
        let lost = deaf.tell(.stableLost, .settled(.finished(resultTTL: 500)))
        #expect(lost.suffix(2) == [.show(.stopping), .unregister])
    }

    @Test func `other settings that came with the last job are registered after the renewal`() {
        var worker = Self.spent()
        worker.tell(.told(WorkerLimits(PoolConfiguration(maxJobs: 3), isBurst: false)))
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(settled.suffix(2) == [.renew(jobs: 1), .register])
        let registered = worker.tell(.registered(unsettled: []))
        #expect(registered.suffix(2) == [.adopt, .register])
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
