import Logging
import Testing

@testable import WorkerPool

struct TextLineTests {
    static let time = WallTime(
        year: 2026, month: 11, day: 3, hour: 20, minute: 1, second: 9, millisecond: 7)

    private func daemon(
        _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata = [:],
        colours: Bool = false
    ) -> String {
        let line = TextLine.daemon(
            Self.time, level, "rqd.worker", message, metadata, colours: colours)
        return String(decoding: line, as: UTF8.self)
    }

    private func classic(
        _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata = [:],
        colours: Bool = false
    ) -> String {
        let line = TextLine.classic(
            Self.time, level, "rqd.worker", message, metadata, colours: colours)
        return String(decoding: line, as: UTF8.self)
    }

    @Test func `a line has time, level, speaker, slot, message and fields in a fixed order`() {
        let line = daemon(
            .info, "job started",
            [
                "RQ_JOB_ID": "5f6e", "zeta": "1", "RQD_SLOT": "0", "RQ_QUEUE": "high",
                "alpha": "2", "RQD_POOL": "default",
            ])
        #expect(
            line == """
                2026-11-03T20:01:09.007 info  rqd.worker default/0: job started \
                RQ_QUEUE=high RQ_JOB_ID=5f6e alpha=2 zeta=1\n
                """)
    }

    @Test func `in a pipe a traceback's line is like all others`() {
        let line = daemon(.error, "5f6e trace| x", [TextLine.continuationKey: "x"])
        #expect(line == "2026-11-03T20:01:09.007 error rqd.worker: 5f6e trace| x\n")
    }

    @Test func `a line about a pool names the pool`() {
        let line = daemon(.warning, "pool is short of workers", ["RQD_POOL": "web"])
        #expect(line == "2026-11-03T20:01:09.007 warn  rqd.worker web: pool is short of workers\n")
    }

    @Test func `a value is quoted when it would not read as one word`() {
        let line = daemon(.error, "m", ["a": "two words", "b": "x=1", "c": #"say "hi""#, "d": ""])
        #expect(line.hasSuffix(#" m a="two words" b="x=1" c="say \"hi\"" d="""# + "\n"))
    }

    @Test func `neither message nor values can end the line or steer the terminal`() {
        let line = daemon(.info, "a\nb", ["k\u{1B}": "v\u{1B}[31m\n"])
        #expect(line.hasSuffix(" a\\nb k\\x1b=v\\x1b[31m\\n\n"))
        #expect(line.utf8.filter { $0 == 10 }.count == 1)
    }

    @Test(
        arguments: zip(
            Logger.Level.allCases,
            ["trace", "debug", "info ", "note ", "warn ", "error", "fatal"]))
    func `levels are five letters wide`(level: Logger.Level, word: String) {
        #expect(daemon(level, "m") == "2026-11-03T20:01:09.007 \(word) rqd.worker: m\n")
    }

    @Test func `colours are for warnings and errors, and for a faint time`() {
        #expect(
            daemon(.info, "m", colours: true)
                == "\u{1B}[2m2026-11-03T20:01:09.007\u{1B}[0m info  rqd.worker: m\n")
        #expect(
            daemon(.error, "m", colours: true)
                == "\u{1B}[2m2026-11-03T20:01:09.007\u{1B}[0m "
                + "\u{1B}[31merror\u{1B}[0m rqd.worker: m\n")
        #expect(classic(.warning, "m", colours: true) == "20:01:09 \u{1B}[33mm\u{1B}[0m\n")
    }

    @Test func `the classic line is a clock and a sentence`() {
        let line = classic(
            .info, "default: app.add(1, 2) (5f6e)", ["RQD_POOL": "default", "RQD_SLOT": "0"])
        #expect(line == "20:01:09 default: app.add(1, 2) (5f6e)\n")
    }

    @Test func `the classic line keeps a traceback's lines and shows small fields`() {
        let line = classic(.error, "worker ended\n  File \"x\"\u{1B}", ["signal": "KILL"])
        #expect(line == "20:01:09 worker ended\n  File \"x\"\\x1b signal=KILL\n")
    }
}
