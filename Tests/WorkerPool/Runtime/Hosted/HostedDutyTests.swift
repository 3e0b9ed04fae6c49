import Glibc
import RQ
import Testing

@testable import WorkerPool

@Suite struct HostedDutyTests {
    private let record: SlotRecord
    private let wall = Timestamp(epochSeconds: 1_800_000_000)
    private let clock = MonotonicTime(nanoseconds: 90_000_000_000)

    init() throws { record = try Scoreboard(slots: 1)[0] }

    private func hear(_ duty: inout HostedDuty, _ reports: HostedReport...) {
        for report in reports { duty.heard(report, at: (clock, wall)) }
    }

    private func started(_ id: String) -> HostedReport {
        .started(id: id, queue: "default", function: "app.f", description: "app.f()", waited: nil)
    }

    private func ended(_ id: String, succeeded: UInt64) -> HostedReport {
        .ended(id: id, succeeded: succeeded, failed: 1, peakMemoryBytes: 4096)
    }

    @Test func `a job is on the scoreboard from the moment its id was taken`() {
        var duty = HostedDuty(record, describesJobs: true, owner: geteuid())
        let job = TakenJob(
            queue: "default", id: "a", at: Timestamp(microseconds: wall.microseconds - 2_000_000))
        hear(&duty, .state("idle"), .taken(job))
        #expect(record.jobID == "a" && record.queue == "default")
        #expect(record.jobStarted == MonotonicTime(nanoseconds: 88_000_000_000))
        #expect(record.state == .idle)
        hear(&duty, started("a"), .execution(id: "a", execution: "e1"))
        #expect(record.state == .busy && record.function == "app.f")
        #expect(record.executionID == "e1")
        #expect(record.jobStarted == MonotonicTime(nanoseconds: 88_000_000_000))
        #expect(duty.job?.execution == "e1")
        #expect(duty.taken == job)
        hear(&duty, ended("a", succeeded: 1), .state("idle"))
        #expect(record.jobID.isEmpty && record.state == .idle && duty.taken == nil)
    }

    @Test func `the counts go on from those of the interpreters before`() {
        (record.succeeded, record.failed) = (10, 5)
        var duty = HostedDuty(record, describesJobs: true, owner: geteuid())
        hear(&duty, started("a"), ended("a", succeeded: 3))
        #expect(record.succeeded == 13 && record.failed == 6)
        #expect(record.peakMemoryBytes == 4096)
    }

    @Test func `of several jobs at once one is shown, and no line is said to be of any`() {
        var duty = HostedDuty(record, describesJobs: true, owner: geteuid())
        hear(&duty, started("a"), started("b"))
        #expect(duty.job == nil && record.jobID == "b")
        hear(&duty, ended("b", succeeded: 1))
        #expect(duty.job?.id == "a" && record.jobID == "a")
        hear(&duty, .state("idle"))
        #expect(record.state == .busy)
    }

    @Test func `a job that has ended is known until its output was read`() {
        var duty = HostedDuty(record, describesJobs: false, owner: geteuid())
        hear(&duty, started("a"), ended("a", succeeded: 1))
        #expect(duty.fields(of: "a")?.function == "app.f")
        duty.forget("a")
        #expect(duty.fields(of: "a") == nil)
    }
}
