import RedisKit
import Testing

@testable import RQ
@testable import WorkerPool

/// Requests that Redis refuses, or that break the connection.
@Suite struct WorkerRefusalTests {
    typealias R = WorkerRehearsal

    static let pause = Duration.seconds(1)
    static let large = R.outcome(.returned(value: [UInt8](repeating: 7, count: 100_000)))

    static func refused(_ kind: RefusalKind, _ reason: String = "ERR no") -> WorkerEvent {
        .settlementRefused(kind, reason: reason, retryAfter: pause)
    }

    /// The outcome that an action sends, if it is one.
    static func sent(_ actions: [WorkerAction]) -> Outcome? {
        for case .settle(_, let outcome, _) in actions { return outcome }
        return nil
    }

    static func text(_ outcome: Outcome?) -> String {
        switch outcome?.kind {
        case .failed(let text), .stopped(let text): text
        case .returned, .retry, nil: ""
        }
    }

    @Test func `an outcome that is refused for good is sent again at once as a failure`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large))
        let actions = worker.tell(Self.refused(.final, "ERR invalid\r\nbulk"))
        let outcome = Self.sent(actions)
        #expect(outcome?.isSuccess == false)
        #expect(Self.text(outcome).contains("The function returned"))
        #expect(Self.text(outcome).contains("100000 bytes"))
        #expect(Self.text(outcome).contains("ERR invalid\\r\\nbulk"))
        #expect(actions == [.settle(R.job("e1"), outcome ?? R.died, next: nil)])
    }

    @Test func `what was reduced is settled, and the next outcome is whole again`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large), Self.refused(.final))
        let next = worker.tell(.settled(.failed))
        #expect(next.contains(.claim("e3")))
        worker.tell(.claimed(.job(R.job("e3"))))
        let actions = worker.tell(.reported(Self.large))
        #expect(Self.sent(actions) == Self.large)
    }

    @Test func `a job that may be retried is not run again after its function returned`() {
        var fields = FieldList()
        fields.append("retries_left", "3")
        let job = ClaimedJob(queue: "q", id: "j", execution: "e1", fields: fields)
        let reduced = Self.large.reduced(because: "so", for: job)
        #expect(reduced.changed["retries_left"] == Array("0".utf8))
        let failed = R.outcome(.failed(text: "boom")).reduced(because: "so", for: job)
        #expect(failed.changed.isEmpty)
    }

    @Test func `a reduced outcome is a few kilobytes, whatever it is made of`() {
        let text = String(repeating: "ü", count: 500_000)
        for kind in [Outcome.Kind.failed(text: text), .stopped(text: text), .returned(value: nil)] {
            let reduced = R.outcome(kind).reduced(because: text, for: R.job("e1"))
            #expect(reduced.sizeBytes < 11 << 10)
        }
    }

    @Test func `a stopped job stays stopped in its reduced form`() {
        let reduced = R.outcome(.stopped(text: "by hand")).reduced(because: "so", for: R.job("e1"))
        guard case .stopped(let text) = reduced.kind else { return #expect(Bool(false)) }
        #expect(text.hasPrefix("by hand\n"))
    }

    @Test func `an outcome that is refused for the moment is kept and sent again after a pause`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large))
        let refused = worker.tell(Self.refused(.passing))
        #expect(refused == [.arm(.settleAgain, after: Self.pause)])
        let idle = worker.tell(.woken)
        #expect(idle.isEmpty)
        let again = worker.tell(.due(.settleAgain))
        #expect(again == [.settle(R.job("e1"), Self.large, next: nil)])
    }

    @Test func `an outcome for which a right is missing is kept`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large), Self.refused(.missingRight))
        let again = worker.tell(.due(.settleAgain))
        #expect(Self.sent(again) == Self.large)
    }

    @Test func `a right that stays missing makes the job fail, if that may be written`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large))
        for _ in 0..<14 { worker.tell(Self.refused(.missingRight), .due(.settleAgain)) }
        let last = worker.tell(Self.refused(.missingRight))
        #expect(Self.text(Self.sent(last)).contains("The function returned"))
    }

    @Test func `what not even its reduced form is taken of is kept whole`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large), Self.refused(.final))
        let refused = worker.tell(Self.refused(.final))
        #expect(refused == [.arm(.settleAgain, after: Self.pause)])
        let again = worker.tell(.due(.settleAgain))
        #expect(Self.sent(again) == Self.large)
    }

    @Test func `a large outcome that breaks the connection twice is reduced`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large), .linkDown, .linkUp)
        let once = worker.tell(.registered(unsettled: ["e1"]))
        #expect(Self.sent(once) == Self.large)
        worker.tell(.linkDown, .linkUp)
        let twice = worker.tell(.registered(unsettled: ["e1"]))
        #expect(Self.text(Self.sent(twice)).contains("proto-max-bulk-len"))
        worker.tell(.linkDown, .linkUp)
        let thrice = worker.tell(.registered(unsettled: ["e1"]))
        #expect(Self.sent(thrice) == Self.sent(twice))
    }

    @Test func `a small outcome is sent as it is however often the connection breaks`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(R.returned))
        for _ in 0..<5 {
            worker.tell(.linkDown, .linkUp)
            let again = worker.tell(.registered(unsettled: ["e1"]))
            #expect(Self.sent(again) == R.returned)
        }
    }

    @Test func `a hand-back that is refused is sent again after a pause`() {
        var worker = R()
        worker.becomeBusy()
        let lost = worker.tell(.stableLost)
        #expect(lost.contains(.handBack("e1", .stableDied)))
        let refused = worker.tell(Self.refused(.final))
        #expect(refused == [.arm(.settleAgain, after: Self.pause)])
        let again = worker.tell(.due(.settleAgain))
        #expect(again == [.handBack("e1", .stableDied)])
    }

    @Test func `a predecessor's job whose hand-back is refused is not forgotten`() {
        var worker = R()
        _ = worker.begin()
        worker.tell(.linkUp, .stablePresent)
        let first = worker.tell(.registered(unsettled: ["old"]))
        #expect(first.last == .handBack("old", .serviceDied))
        let refused = worker.tell(Self.refused(.final))
        #expect(refused == [.arm(.settleAgain, after: Self.pause)])
        let again = worker.tell(.due(.settleAgain))
        #expect(again == [.handBack("old", .serviceDied)])
        let paid = worker.tell(.settled(.requeued(deaths: 0)))
        #expect(paid.contains(.claim("e1")))
    }

    @Test func `a claim that is refused is made again after its pause, whatever is pushed`() {
        var worker = R()
        worker.becomeReady()
        let refused = worker.tell(.claimRefused(retryAfter: Self.pause))
        #expect(refused == [.arm(.claimAgain, after: Self.pause), .show(.failing)])
        let pushed = worker.tell(.woken)
        #expect(pushed.isEmpty)
        let again = worker.tell(.due(.claimAgain))
        #expect(again == [.claim("e2")])
    }

    @Test func `a worker whose claim is refused stops and pauses as any other`() {
        var worker = R()
        worker.becomeReady()
        worker.tell(.claimRefused(retryAfter: Self.pause))
        let paused = worker.tell(.paused)
        #expect(paused == [.show(.paused)])
        let stopped = worker.tell(.stopRequested(.warm))
        #expect(stopped.contains(.unregister))
    }

    @Test func `a cold stop does not wait for what Redis refuses`() {
        var worker = R()
        worker.becomeBusy()
        worker.tell(.reported(Self.large), Self.refused(.passing))
        let warm = worker.tell(.stopRequested(.warm))
        #expect(!warm.contains(.leave(WorkerExit.unsettled)))
        let cold = worker.tell(.stopRequested(.cold))
        #expect(cold.contains(.leave(WorkerExit.unsettled)))
    }

    @Test func `a job whose claim breaks the connection each time goes back and counts`() {
        var worker = R()
        worker.becomeReady()
        for _ in 0..<2 {
            worker.tell(.linkDown, .linkUp)
            let again = worker.tell(.registered(unsettled: ["e1"]))
            #expect(again.contains(.claim("e1")))
        }
        worker.tell(.linkDown, .linkUp)
        let last = worker.tell(.registered(unsettled: ["e1"]))
        #expect(last.last == .handBack("e1", .undelivered))
        #expect(HandBackReason.undelivered.blamesJob)
        let next = worker.tell(.settled(.requeued(deaths: 1)))
        #expect(next.contains(.claim("e2")))
    }

    @Test(arguments: [
        ("OOM command not allowed", RefusalKind.passing), ("READONLY You can't", .elsewhere),
        ("NOPERM this user has no permissions", .missingRight), ("WRONGTYPE Operation", .final),
        ("ERR Protocol error: invalid bulk length", .final),
        (
            "ERR Error running script (call to f_1): @user_script:9: -NOPERM this user",
            .missingRight
        ),
    ])
    func `a refusal is told apart by its code`(words: String, kind: RefusalKind) {
        #expect(ServerError(message: words).refusal == kind)
    }
}
