import Logging
import Testing

@testable import WorkerPool

struct OutputPriorityTests {
    private let job = JobFields(
        queue: "q", id: "5f", execution: "", function: nil, description: nil)

    @Test(arguments: [
        ("<0>a", Logger.Level.critical, "a"), ("<3>a", .error, "a"), ("<4>a", .warning, "a"),
        ("<5>a", .notice, "a"), ("<6>a", .info, "a"), ("plain", .info, "plain"),
        ("<8>a", .info, "<8>a"), ("<3", .info, "<3"), (" <3>a", .info, " <3>a"),
    ])
    func `a line keeps the priority that it names`(
        line: String, level: Logger.Level, shown: String
    ) throws {
        for form in [LogForm.journal, .json] {
            let (log, lines) = Recording.workerLog(form)
            log.output(job, Array(line.utf8), isError: false)
            let said = try #require(lines.all.first)
            #expect(said.level == level)
            #expect(said.message == shown)
        }
    }

    @Test func `a debug line is heard at the level debug only`() {
        for (least, count) in [(Logger.Level.info, 0), (.debug, 1)] {
            let (log, lines) = Recording.workerLog(.journal, level: least)
            log.output(job, Array("<7>a".utf8), isError: false)
            #expect(lines.all.count == count)
        }
    }
}
