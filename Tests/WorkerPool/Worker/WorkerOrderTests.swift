import Testing

@testable import RQ
@testable import WorkerPool

/// What a worker does when the master tells it something.
@Suite struct WorkerOrderTests {
    typealias R = WorkerRehearsal

    private static func limits(maxJobs: Int) -> WorkerLimits {
        WorkerLimits(PoolConfiguration(maxJobs: maxJobs), isBurst: false)
    }

    @Test func `an idle worker that retires leaves at once`() {
        var worker = R()
        worker.becomeIdle()
        let actions = worker.tell(.stopRequested(.retire))
        #expect(actions == [.show(.stopping), .unregister])
    }

    @Test func `a busy worker that retires gives its job all the time it wants`() {
        var worker = R()
        worker.becomeBusy()
        let first = worker.tell(.stopRequested(.retire))
        #expect(first.isEmpty)
        worker.tell(.reported(R.returned))
        let end = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(end.suffix(2) == [.show(.stopping), .unregister])
    }

    @Test func `a worker that retires runs what it had claimed just before`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.woken)
        worker.tell(.stopRequested(.retire))
        let actions = worker.tell(.claimed(.job(R.job("e2"))))
        #expect(actions.contains(.run(R.job("e2"))))
    }

    @Test func `a stop that comes while it retires has its time limit`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.retire))
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions.contains(.arm(.stop, after: .seconds(180))))
        let again = worker.tell(.stopRequested(.retire))
        #expect(again.isEmpty)
    }

    @Test func `a paused worker does not look at its queues, until it is resumed`() {
        var worker = R()
        worker.becomeIdle()
        let pause = worker.tell(.paused)
        #expect(pause == [.show(.paused)])
        let push = worker.tell(.woken)
        #expect(push.isEmpty)
        let heartbeat = worker.tell(.due(.heartbeat))
        #expect(heartbeat == [.heartbeat(nil), .arm(.heartbeat, after: .seconds(60))])
        let resume = worker.tell(.unpaused)
        #expect(resume == [.claim("e2")])
    }

    @Test func `a busy worker ends its job and then pauses`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.paused)
        let outcome = worker.tell(.reported(R.returned))
        #expect(outcome.last == .settle(R.job("e1"), R.returned, next: nil))
        let end = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(end.last == .show(.paused))
    }

    @Test func `a worker that had asked for a job when the pause came is shown as paused`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.paused)
        let actions = worker.tell(.claimed(.empty))
        #expect(actions.contains(.show(.paused)))
        #expect(!actions.contains(.show(.idle)))
    }

    @Test func `a job that was claimed when the pause came is run`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.paused)
        let actions = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(actions.contains(.run(R.job("e1"))))
    }

    @Test func `a paused worker that finds Redis again is still paused`() {
        var worker = R()
        worker.becomeIdle()
        worker.tell(.paused, .linkDown)
        let actions = worker.tell(.linkUp, .registered(unsettled: []))
        #expect(actions.last == .show(.paused))
    }

    @Test func `a paused worker that is idle for long is not replaced`() {
        var worker = R { $0.maxIdleTime = .seconds(10) }
        worker.becomeIdle()
        let actions = worker.tell(.paused)
        #expect(actions == [.disarm(.idle), .show(.paused)])
    }

    @Test func `an idle worker takes new settings at once and registers them`() {
        var worker = R()
        worker.becomeIdle()
        let actions = worker.tell(.told(Self.limits(maxJobs: 5)))
        #expect(actions == [.adopt, .register])
        let next = worker.tell(.registered(unsettled: []))
        #expect(next == [.arm(.heartbeat, after: .seconds(60)), .show(.idle), .claim("e2")])
    }

    @Test func `a busy worker takes new settings after its job`() {
        var worker = R()
        worker.becomeBusy()
        let first = worker.tell(.told(Self.limits(maxJobs: 5)))
        #expect(first.isEmpty)
        let outcome = worker.tell(.reported(R.returned))
        #expect(outcome.last == .settle(R.job("e1"), R.returned, next: nil))
        let end = worker.tell(.settled(.finished(resultTTL: 500)))
        #expect(end.suffix(2) == [.adopt, .register])
    }

    @Test func `new limits hold for what was done before`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.told(Self.limits(maxJobs: 1)), .reported(R.returned))
        let end = worker.tell(.settled(.finished(resultTTL: 500)), .registered(unsettled: []))
        #expect(end.contains(.unregister))
    }

    @Test func `settings that come while a claim is out wait for its answer`() {
        var worker = R()
        worker.becomeReady()
        let first = worker.tell(.told(Self.limits(maxJobs: 5)))
        #expect(first.isEmpty)
        let next = worker.tell(.claimed(.empty))
        #expect(next.suffix(2) == [.adopt, .register])
    }

    @Test func `settings that come before Redis does are simply used`() {
        var worker = R()
        _ = worker.begin()
        let actions = worker.tell(.told(Self.limits(maxJobs: 5)))
        #expect(actions == [.adopt])
    }

    @Test func `an order survives the way to the worker`() throws {
        let (master, worker) = try OrderSocket.pair()
        let pool = PoolConfiguration(
            name: "web", queues: ["a", "b"], dequeueStrategy: .random, resultTTL: -1,
            heartbeatInterval: .milliseconds(1500), maxIdleTime: .seconds(5), onStop: .fail)
        let orders: [WorkerOrder] = [
            .retire, .pause, .resume, .stopJob(execution: "e1"), .killJob(execution: "e2"),
            .settings(pool),
        ]
        for order in orders {
            #expect(master.send(order))
            #expect(worker.receive() == .order(order))
        }
        #expect(worker.receive() == .nothing)
    }

    @Test func `an order that no worker reads is refused, and one too long`() throws {
        let (master, worker) = try OrderSocket.pair()
        let endless = PoolConfiguration(queues: (0..<40_000).map { "queue\($0)" })
        #expect(!master.send(.settings(endless)))
        var sent = 0
        while sent < 100_000, master.send(.pause) { sent += 1 }
        #expect((1..<100_000).contains(sent))
        #expect(worker.receive() == .order(.pause))
    }
}
