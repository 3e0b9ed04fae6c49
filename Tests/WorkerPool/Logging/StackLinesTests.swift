import Logging
import Testing

@testable import WorkerPool

@Suite struct StackLinesTests {
    private let job = JobFields(
        queue: "high", id: "5f6e", execution: "0123", function: "app.send", description: nil)
    private let stack = JobStack(
        ["Main thread (most recent call last):", "  File \"a.py\", line 1, in f"], isKnown: true)

    private func said(_ form: LogForm, _ call: (WorkerLog) -> Void) -> [String] {
        let (log, lines) = Recording.workerLog(form)
        call(log)
        return lines.all.map { "\($0.level) \($0.message)" }
    }

    @Test func `in text a slow job is a constant message, and a line for each call`() {
        let (log, lines) = Recording.workerLog(.text)
        log.slow(job, seconds: .seconds(30), stack)
        #expect(
            lines.all.map(\.message) == [
                "job is slow", "5f6e stack| Main thread (most recent call last):",
                "5f6e stack|   File \"a.py\", line 1, in f",
            ])
        #expect(lines.all[0].metadata["seconds"] == "30.000")
        #expect(lines.all[0].metadata["RQ_JOB_ID"] == "5f6e")
        #expect(lines.all[0].metadata["reason"] == nil)
        #expect(lines.all.allSatisfy { $0.level == .warning })
    }

    @Test func `in the journal it is one entry`() {
        let entries = said(.journal) { $0.slow(job, seconds: .seconds(30), stack) }
        #expect(
            entries == [
                "warning job is slow (app.send 5f6e on high, 30.0 s)\n\(stack.text)"
            ])
    }

    @Test func `a job that is about to be killed has the reason`() {
        let (log, lines) = Recording.workerLog(.text)
        log.aboutToBeKilled(job, reason: "stop_timeout has passed", seconds: .seconds(3), stack)
        #expect(lines.all[0].message == "job is about to be killed")
        #expect(lines.all[0].metadata["reason"] == "stop_timeout has passed")
        let entries = said(.classic) {
            $0.aboutToBeKilled(job, reason: "stop_timeout has passed", seconds: .seconds(3), stack)
        }
        #expect(
            entries == [
                "warning Job 5f6e is about to be killed: stop_timeout has passed (app.send, 3.0 s)\n"
                    + stack.text
            ])
    }
}
