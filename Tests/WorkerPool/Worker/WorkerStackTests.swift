import Testing

@testable import RQ
@testable import WorkerPool

/// The stack of a job's process: when it is asked for, and what waits for it.
@Suite struct WorkerStackTests {
    typealias R = WorkerRehearsal

    private static func asked(_ use: StackUse) -> [WorkerAction] {
        [.askForStack(use), .arm(.stack, after: .seconds(2))]
    }

    /// A busy worker whose pool calls a job slow after 30 seconds.
    private static func watched() -> R {
        var worker = R { $0.slowlog = .seconds(30) }
        worker.becomeReady()
        worker.tell(.claimed(.job(R.job("e1"))), .horseReady)
        return worker
    }

    @Test func `a slowlog is measured from the job's start`() {
        var worker = R { $0.slowlog = .seconds(30) }
        worker.becomeReady()
        let actions = worker.tell(.claimed(.job(R.job("e1"))))
        #expect(actions.contains(.arm(.slow, after: .seconds(30))))
    }

    @Test func `without a slowlog no job is slow`() {
        var worker = R()
        worker.becomeReady()
        let claimed = worker.tell(.claimed(.job(R.job("e1"))))
        let ended = worker.tell(.reported(R.returned))
        for action in claimed + ended {
            #expect(action != .disarm(.slow))
            if case .arm(.slow, _) = action { Issue.record("\(action)") }
        }
    }

    @Test func `a slow job is asked for its stack, which is told, and goes on`() {
        var worker = Self.watched()
        let slow = worker.tell(.due(.slow))
        #expect(slow == Self.asked(.slow))
        let told = worker.tell(.stackTold)
        #expect(told == [.disarm(.stack), .tellStack(.slow)])
        let ended = worker.tell(.reported(R.returned))
        #expect(ended.last == .settle(R.job("e1"), R.returned, next: "e2"))
    }

    @Test func `a process that does not answer in time is told as it is`() {
        var worker = Self.watched()
        worker.tell(.due(.slow))
        let told = worker.tell(.due(.stack))
        #expect(told == [.disarm(.stack), .tellStack(.slow)])
        let late = worker.tell(.stackTold)
        #expect(late.isEmpty)
    }

    @Test func `the end of a job ends the wait for its stack`() {
        var worker = Self.watched()
        worker.tell(.due(.slow))
        let ended = worker.tell(.reported(R.returned))
        #expect(ended.contains(.disarm(.slow)))
        #expect(ended.contains(.disarm(.stack)))
        let late = worker.tell(.stackTold)
        #expect(late.isEmpty)
    }

    @Test func `a timer for slow jobs that fires after the end asks nobody`() {
        var worker = Self.watched()
        worker.tell(.reported(R.returned))
        let late = worker.tell(.due(.slow))
        #expect(late.isEmpty)
    }

    @Test func `who wants to know has a running job asked, and it goes on`() {
        var worker = Self.watched()
        let asked = worker.tell(.stackAsked)
        #expect(asked == Self.asked(.asked))
        let again = worker.tell(.stackAsked)
        #expect(again.isEmpty)
        let told = worker.tell(.stackTold)
        #expect(told == [.disarm(.stack), .tellStack(.asked)])
    }

    @Test func `without a job, or while one is ended, nobody is asked`() {
        var worker = Self.watched()
        worker.tell(.killHorse)
        let killing = worker.tell(.stackAsked)
        #expect(killing.isEmpty)
        var idle = R()
        idle.becomeReady()
        let nothing = idle.tell(.stackAsked)
        #expect(nothing.isEmpty)
    }

    @Test func `a timeout that comes while somebody waits for the stack still kills`() {
        var worker = Self.watched()
        worker.tell(.stackAsked)
        let due = worker.tell(.due(.job))
        #expect(due.isEmpty)
        let told = worker.tell(.stackTold)
        #expect(told.contains(.kill(force: true)))
        #expect(told.contains(.tellStack(.timeout)))
    }

    @Test(arguments: [WorkerEvent.stackTold, .due(.stack)])
    func `a job past its timeout is killed when its stack has come, or its time is over`(
        event: WorkerEvent
    ) {
        var worker = R()
        worker.becomeBusy()
        let due = worker.tell(.due(.job))
        #expect(due == Self.asked(.timeout))
        let came = worker.tell(event)
        #expect(came == [.disarm(.stack), .tellStack(.timeout), .kill(force: true)])
    }

    @Test func `an outcome that comes while the kill waits for the stack counts`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.due(.job))
        let ended = worker.tell(.reported(R.returned))
        #expect(ended.last == .settle(R.job("e1"), R.returned, next: "e2"))
        let late = worker.tell(.stackTold)
        #expect(late.isEmpty)
    }

    @Test func `a stack that is on its way because the job is slow serves the kill`() {
        var worker = Self.watched()
        worker.tell(.due(.slow))
        let due = worker.tell(.due(.job))
        #expect(due.isEmpty)
        let told = worker.tell(.stackTold)
        #expect(told == [.disarm(.stack), .tellStack(.timeout), .kill(force: true)])
    }

    @Test func `a stop_timeout during the wait leaves the kill to the timeout`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.stopRequested(.warm), .due(.job))
        let due = worker.tell(.due(.stop))
        #expect(due.isEmpty)
        let told = worker.tell(.stackTold)
        #expect(told.last == .kill(force: true))
    }

    @Test func `a cold stop does not wait for a stack`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.due(.job))
        let actions = worker.tell(.stopRequested(.cold))
        #expect(actions == [.kill(force: true)])
    }

    @Test func `a stable that is lost answers no more`() {
        var worker = Self.watched()
        worker.tell(.due(.slow))
        let lost = worker.tell(.stableLost)
        #expect(lost.contains(.disarm(.stack)))
        let late = worker.tell(.due(.stack))
        #expect(late.isEmpty)
    }
}
