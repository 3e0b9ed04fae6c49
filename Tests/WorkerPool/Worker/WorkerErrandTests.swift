import Testing

@testable import RQ
@testable import WorkerPool

/// User code at a job's end that another horse runs: the stopped callback and webhooks.
@Suite struct WorkerErrandTests {
    typealias R = WorkerRehearsal

    @Test func `the handler for dead horses runs before the outcome is recorded`() throws {
        var worker = R { $0.tellsOfDeaths = true }
        worker.becomeBusy()
        let died = worker.tell(.horseDied(R.died, R.ending))
        guard case .runErrand(let errand)? = died.dropLast().last else {
            Issue.record("no errand in \(died)")
            return
        }
        #expect(errand.order == .tellKilled(R.ending))
        #expect(errand.order.detail == "77 9 0.5 0.1")
        let told = worker.tell(.errandEnded)
        #expect(told.last == .settle(errand.job, R.died, next: "e2"))
    }

    @Test func `the handler for dead horses does not hear of a stopped or interrupted job`() {
        for event in [WorkerEvent.stopJob(at: Timestamp(epochSeconds: 5)), .stopRequested(.cold)] {
            var worker = R { $0.tellsOfDeaths = true }
            worker.becomeBusy()
            worker.tell(event)
            let died = worker.tell(.horseDied(R.died, R.ending))
            #expect(!died.contains { if case .runErrand = $0 { true } else { false } })
        }
    }

    private static let failed = R.outcome(.failed(text: "ValueError: no"))
    private static let stopped = R.outcome(
        .stopped(text: "Job stopped by user, work-horse terminated."))

    private static func job(_ field: String, _ value: String) -> ClaimedJob {
        var fields = FieldList()
        fields.append("timeout", "100")
        fields.append(field, value)
        return ClaimedJob(queue: "default", id: "a", execution: "e1", fields: fields)
    }

    private static let hooked = job(
        "webhooks",
        """
        [{"url": "http://a/", "job_status": "finished", "timeout": 3}, \
        {"url": "http://b/", "job_status": "failed", "timeout": 5}, \
        {"url": "http://c/", "job_status": "failed", "timeout": 7}]
        """)
    private static let called = job("stopped_callback_name", "app.stopped")

    /// A worker that runs a job; the next horse is there.
    private static func busy(with job: ClaimedJob) -> R {
        var worker = R()
        worker.becomeReady()
        worker.tell(.claimed(.job(job)), .horseReady)
        return worker
    }

    @Test func `the callback of a stopped job runs before its end is recorded`() throws {
        var worker = Self.busy(with: Self.called)
        worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)))
        let died = worker.tell(.horseDied(R.died, R.ending))
        let errand = try #require(Self.errand(in: died))
        #expect(errand.order == .tellStopped)
        #expect(died.contains(.arm(.job, after: .seconds(70))))
        let ended = worker.tell(.errandEnded)
        #expect(Self.settled(ended) == Self.stopped)
    }

    @Test func `under rq 1 handlers are asked once the failure is recorded, and then it goes on`() {
        var worker = R()
        worker.becomeBusy()
        let job = R.job("e1")
        let reported = worker.tell(.failedBeforeHandlers(Self.failed))
        #expect(reported.last == .settle(job, Self.failed, next: nil))
        let settled = worker.tell(.settled(.failed))
        #expect(settled.last == .askHandlers)
        #expect(settled.contains(.arm(.job, after: .seconds(70))))
        #expect(worker.tell(.errandEnded).last == .claim("e2"))
    }

    @Test func `handlers that outlast their time are killed, as they are by a cold stop`() {
        for event in [WorkerEvent.due(.job), .stopRequested(.cold)] {
            var worker = R()
            worker.becomeBusy()
            worker.tell(.failedBeforeHandlers(Self.failed), .settled(.failed))
            #expect(worker.tell(event).contains(.kill(force: true)))
        }
    }

    @Test func `nobody is asked after a cold stop, nor for a job that was handed back`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.failedBeforeHandlers(Self.failed), .stopRequested(.cold))
        let settled = worker.tell(.settled(.failed))
        #expect(settled.contains(.kill(force: true)) && !settled.contains(.askHandlers))
    }

    @Test func `webhooks are sent once the end is recorded, and before the next claim`() throws {
        var worker = Self.busy(with: Self.hooked)
        let reported = worker.tell(.reported(Self.failed))
        #expect(reported.last == .settle(Self.hooked, Self.failed, next: nil))
        let settled = worker.tell(.settled(.failed))
        let errand = try #require(Self.errand(in: settled))
        #expect(errand.order == .tellFailed(text: "ValueError: no"))
        #expect(errand.job.fields["ended_at"] == Self.failed.ended.utcISO)
        #expect(settled.contains(.arm(.job, after: .seconds(22))))
        let ended = worker.tell(.errandEnded)
        #expect(ended.last == .claim("e2"))
    }

    @Test(arguments: [Fate.retried(left: 1), .stopped, .canceled, .deleted])
    func `nobody is told of what is no end`(fate: Fate) {
        var worker = Self.busy(with: Self.hooked)
        worker.tell(.reported(Self.failed))
        let actions = worker.tell(.settled(fate))
        #expect(actions.last == .claim("e2"))
    }

    @Test func `an errand waits for a horse`() throws {
        var worker = R()
        worker.becomeReady()
        worker.tell(.claimed(.job(Self.hooked)), .reported(R.returned))
        let settled = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(Self.errand(in: settled) == nil)
        let ready = worker.tell(.horseReady)
        #expect(Self.errand(in: ready)?.order == .tellFinished)
    }

    @Test func `an errand that takes too long is killed`() {
        var worker = Self.busy(with: Self.hooked)
        worker.tell(.reported(Self.failed), .settled(.failed))
        let due = worker.tell(.due(.job))
        #expect(due == [.kill(force: true)])
        let ended = worker.tell(.errandEnded)
        #expect(ended.last == .claim("e2"))
    }

    @Test func `a cold stop ends an errand, the end of its job is recorded all the same`() {
        var worker = Self.busy(with: Self.called)
        worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)), .horseDied(R.died, R.ending))
        let asked = worker.tell(.stopRequested(.cold))
        #expect(asked == [.kill(force: true)])
        let ended = worker.tell(.errandEnded)
        #expect(Self.settled(ended) == Self.stopped)
    }

    @Test func `an errand ends with the stable`() {
        var worker = Self.busy(with: Self.called)
        worker.tell(.stopJob(at: Timestamp(epochSeconds: 5)), .horseDied(R.died, R.ending))
        let lost = worker.tell(.stableLost)
        #expect(Self.settled(lost) == Self.stopped)
    }

    private static func errand(in actions: [WorkerAction]) -> Errand? {
        for case .runErrand(let errand) in actions { return errand }
        return nil
    }

    private static func settled(_ actions: [WorkerAction]) -> Outcome? {
        for case .settle(_, let outcome, _) in actions { return outcome }
        return nil
    }
}
