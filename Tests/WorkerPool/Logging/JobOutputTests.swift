import Logging
import Testing

@testable import WorkerPool

struct JobOutputTests {
    private let job = JobFields(
        queue: "q", id: "5f6e", execution: "0123", function: nil, description: nil)

    @Test func `a printed line names its job and its stream in text`() {
        let (log, lines) = Recording.workerLog(.text)
        log.output(job, Array("hello".utf8), isError: false)
        log.output(job, Array("oh \u{1B}[31m".utf8) + [0xFF], isError: true)
        log.output(job, [], isError: false)
        #expect(
            lines.all.map(\.message) == [
                "5f6e out| hello", "5f6e err| oh \\x1b[31m\\xff", "5f6e out| ",
            ])
    }

    @Test func `a printed line is the journal's message, with the job's fields`() {
        let (log, lines) = Recording.workerLog(.journal)
        log.output(job, Array("hello".utf8), isError: true)
        #expect(lines.all.map(\.message) == ["hello"])
        let metadata = lines.all[0].metadata
        #expect(metadata["RQ_JOB_ID"] == "5f6e")
        #expect(metadata["RQ_EXECUTION"] == "0123")
        #expect(metadata["RQ_WORKER"] == "host.default.0")
        #expect(metadata["RQD_STREAM"] == "stderr")
        #expect(metadata["RQD_EVENT"] == "job output")
    }

    @Test func `a line above 16 KiB is logged in pieces that are marked and lose nothing`() {
        let (log, lines) = Recording.workerLog(.text)
        let long = String(repeating: "é", count: 20_000) + "!"
        log.output(job, Array(("x" + long).utf8), isError: false)
        #expect(
            lines.all.map { String($0.message.prefix(10)) } == [
                "5f6e out| ", "5f6e out+ ", "5f6e out+ ",
            ])
        let isComplete = lines.all.map { $0.message.dropFirst(10) }.joined() == "x" + long
        #expect(isComplete)
        #expect(lines.all.allSatisfy { $0.message.utf8.count <= 16 * 1024 + 10 })
    }

    @Test func `later pieces are marked in the journal`() {
        let (log, lines) = Recording.workerLog(.journal)
        log.output(job, [UInt8](repeating: 0x61, count: 16 * 1024 + 1), isError: false)
        #expect(lines.all.map { $0.metadata["RQD_CONTINUED"] } == [nil, "1"])
        #expect(lines.all.map(\.message.utf8.count) == [16 * 1024, 1])
    }

    @Test func `bytes that are no text are cut all the same`() {
        var rest = [UInt8](repeating: 0x80, count: 40_000)[...]
        var pieces: [Int] = []
        while !rest.isEmpty { pieces.append(JobOutput.takePiece(from: &rest).count) }
        #expect(pieces.reduce(0, +) == 40_000)
        #expect(pieces.allSatisfy { $0 > 0 && $0 <= JobOutput.longestPiece })
    }
}
