import Testing

@testable import WorkerPool

@Suite struct HostedStateTests {
    /// A process whose interpreter runs.
    private static func running(isBurst: Bool = false) -> HostedState {
        var state = HostedState(
            stopTimeout: .seconds(180), killGrace: .seconds(5), isBurst: isBurst)
        _ = state.handle(.named)
        return state
    }

    @Test func `it starts the interpreter once the name is its own`() {
        var state = HostedState(stopTimeout: .zero, killGrace: .zero, isBurst: false)
        #expect(state.handle(.named) == [.start, .arm(.loading, .seconds(60))])
    }

    @Test(arguments: [StopKind.warm, .cold])
    func `before that, a stop ends it at once`(kind: StopKind) {
        var state = HostedState(stopTimeout: .zero, killGrace: .zero, isBurst: false)
        #expect(state.handle(.stopRequested(kind)) == [.leave(WorkerExit.finished)])
    }

    @Test func `a warm stop is RQ's first signal, and has its time`() {
        var state = Self.running()
        #expect(
            state.handle(.stopRequested(.warm)) == [
                .terminate, .arm(.echo, HostedState.echo), .arm(.stop, .seconds(180)),
            ])
        #expect(state.handle(.stopRequested(.warm)) == [])
        #expect(state.handle(.due(.echo)) == [])
        #expect(state.handle(.due(.stop)) == [.terminate, .arm(.kill, .seconds(5))])
        #expect(state.handle(.due(.kill)) == [.kill])
    }

    @Test func `a cold stop waits until RQ no longer takes its second signal for an echo`() {
        var state = Self.running()
        #expect(
            state.handle(.stopRequested(.cold)) == [.terminate, .arm(.echo, HostedState.echo)])
        #expect(state.handle(.stopRequested(.cold)) == [])
        #expect(state.handle(.due(.echo)) == [.terminate, .arm(.kill, .seconds(5))])
    }

    @Test func `a warm stop becomes a cold one when it is asked again`() {
        var state = Self.running()
        _ = state.handle(.stopRequested(.warm))
        #expect(state.handle(.stopRequested(.cold)) == [])
        #expect(state.handle(.due(.echo)) == [.terminate, .arm(.kill, .seconds(5))])
        // The time of the warm stop is over, but it is a cold one by now.
        #expect(state.handle(.due(.stop)) == [])
    }

    @Test(arguments: [
        (HostedLeave.empty, true, WorkerExit.finished), (.empty, false, WorkerExit.failed),
        (.idle, false, WorkerExit.wantsSuccessor), (.maxJobs, false, WorkerExit.wantsSuccessor),
        (.stopped, false, WorkerExit.wantsSuccessor), (.unexpected, true, WorkerExit.failed),
        (.cannot, false, WorkerExit.refused),
    ])
    func `why the class has returned decides whether it is replaced, and when`(
        leave: HostedLeave, isBurst: Bool, status: Int32
    ) {
        var state = Self.running(isBurst: isBurst)
        #expect(state.handle(.ended(leave)) == [.bury(.workerDied), .leave(status)])
    }

    @Test func `what ends during a stop is handed back without blame`() {
        var state = Self.running()
        _ = state.handle(.stopRequested(.warm))
        #expect(
            state.handle(.ended(.unexpected)) == [.bury(.stopped), .leave(WorkerExit.finished)])
    }
}
