import Logging
import Testing

@testable import WorkerPool

struct JSONLineTests {
    private let time = WallTime(
        year: 2026, month: 11, day: 23, hour: 20, minute: 21, second: 3, millisecond: 9)

    @Test func `a line is one object, the fields by name after the message`() {
        let line = JSONLine.bytes(
            time, .warning, "rqd.worker", "job put back",
            ["reason": "a \"quoted\"\nword", "RQ_JOB_ID": "5f", "time": "theirs"])
        let expected =
            #"{"time":"2026-11-23T20:21:03.009","level":"warning","logger":"rqd.worker","#
            + #""message":"job put back","RQ_JOB_ID":"5f","#
            + #""reason":"a \"quoted\"\nword"}"# + "\n"
        #expect(String(decoding: line, as: UTF8.self) == expected)
    }

    @Test func `a failed job's line has its traceback`() throws {
        let job = JobFields(
            queue: "q", id: "5f", execution: "", function: "app.f", description: nil)
        let (log, lines) = Recording.workerLog(.json)
        log.failed(job, reason: "ValueError: x", traceback: "Traceback:\n  x\n", seconds: nil)
        let line = try #require(lines.all.first)
        #expect(lines.all.count == 1)
        #expect(line.message == "job failed")
        #expect(line.metadata["traceback"] == "Traceback:\n  x")
        #expect(line.metadata["RQ_FUNC"] == "app.f")
    }
}
