import Testing

@testable import RQ
@testable import WorkerPool

@Suite struct WorkerStartTests {
    typealias R = WorkerRehearsal

    @Test func `it asks for a stable before anything else`() {
        var worker = R()
        let actions = worker.begin()
        #expect(actions == [.show(.waitingForStable), .askForStable])
    }

    @Test func `it is not registered before it can run a job`() {
        var worker = R()
        _ = worker.begin()
        let alone = worker.tell(.linkUp)
        #expect(alone.isEmpty)
        let withStable = worker.tell(.stablePresent)
        #expect(withStable == [.register])
    }

    @Test func `it is not registered before Redis answers`() {
        var worker = R()
        _ = worker.begin()
        let alone = worker.tell(.stablePresent)
        #expect(alone.isEmpty)
        let withRedis = worker.tell(.linkUp)
        #expect(withRedis == [.register])
    }

    @Test func `once registered it claims, without waiting for a horse`() {
        var worker = R()
        _ = worker.begin()
        let actions = worker.tell(.linkUp, .stablePresent, .registered(unsettled: []))
        #expect(actions == [.arm(.heartbeat, after: .seconds(60)), .show(.idle), .claim("e1")])
    }

    @Test func `debts of a dead predecessor are paid one by one before the first claim`() {
        var worker = R(debtReason: .workerDied)
        _ = worker.begin()
        let first = worker.tell(.linkUp, .stablePresent, .registered(unsettled: ["a", "b"]))
        #expect(first == [.arm(.heartbeat, after: .seconds(60)), .handBack("a", .workerDied)])
        let second = worker.tell(.settled(.requeued(deaths: 1)))
        #expect(second == [.handBack("b", .workerDied)])
        let last = worker.tell(.settled(.requeued(deaths: 1)))
        #expect(last == [.show(.idle), .claim("e1")])
    }

    @Test func `a debt whose payment was cut off is paid later, with its reason`() {
        var worker = R(debtReason: .workerDied)
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent, .registered(unsettled: ["a"]))
        let actions = worker.tell(.linkDown, .linkUp, .registered(unsettled: ["a"]))
        #expect(actions.contains(.handBack("a", .workerDied)))
    }

    @Test func `a name that is taken is asked for again once the link is back`() {
        var worker = R()
        _ = worker.begin()
        let taken = worker.tell(.stablePresent, .linkUp, .nameTaken)
        #expect(taken.isEmpty)
        let again = worker.tell(.linkDown, .linkUp)
        #expect(again == [.register])
    }

    @Test func `a stable that fails while it loads is asked for again`() {
        var worker = R()
        _ = worker.begin()
        let actions = worker.tell(.stableLost)
        #expect(actions.contains(.askForStable))
    }

    @Test func `a worker told to stop before it has registered leaves at once`() {
        var worker = R()
        _ = worker.begin()
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions.last == .leave(0))
    }

    @Test func `a stop with Redis up and nothing registered leaves Redis alone`() {
        var worker = R()
        _ = worker.begin()
        let actions = worker.tell(.linkUp, .stopRequested(.warm))
        #expect(actions.last == .leave(0))
        #expect(!actions.contains(.register))
    }

    @Test func `a stop while it registers waits for that and unregisters`() {
        var worker = R()
        _ = worker.begin()
        let stopped = worker.tell(.linkUp, .stablePresent, .stopRequested(.warm))
        #expect(stopped == [.arm(.stop, after: .seconds(180)), .show(.stopping)])
        let registered = worker.tell(.registered(unsettled: []))
        #expect(registered.last == .unregister)
        #expect(!registered.contains { if case .claim = $0 { true } else { false } })
    }

    @Test func `a successor that is told to stop pays the debts before it leaves`() {
        var worker = R(debtReason: .workerDied)
        _ = worker.begin()
        let stopped = worker.tell(.linkUp, .stopRequested(.warm))
        #expect(stopped.last == .register)
        let registered = worker.tell(.registered(unsettled: ["a"]))
        #expect(registered.last == .handBack("a", .workerDied))
        let paid = worker.tell(.settled(.requeued(deaths: 1)))
        #expect(paid.last == .unregister)
    }

    @Test func `a successor that cannot pay says so by its status`() {
        var worker = R(debtReason: .workerDied)
        _ = worker.begin()
        let actions = worker.tell(.stopRequested(.warm))
        #expect(actions.last == .leave(69))
    }
}
