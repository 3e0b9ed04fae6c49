import Logging
import Testing

@testable import WorkerPool

struct TerminalLineTests {
    private func line(
        _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata = [:],
        label: String = "rqd.worker", colours: Bool = false
    ) -> String {
        let bytes = TerminalLine.bytes(
            TextLineTests.time, level, label, message, metadata, colours: colours)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `lines have a short clock and align`() {
        let place: Logger.Metadata = ["RQD_POOL": "default", "RQD_SLOT": "0", "pid": "7"]
        #expect(
            line(.info, "worker started", place)
                == "20:01:09 info  default/0: worker started pid=7\n")
        #expect(
            line(.warning, "warm stop", label: "rqd.master")
                == "20:01:09 warn     master: warm stop\n")
    }

    @Test func `a traceback's line is itself, and cannot steer the terminal`() {
        let text = line(
            .error, "5f6e trace|   File \"a\u{1B}[2J.py\"",
            [TextLine.continuationKey: "  File \"a\u{1B}[2J.py\""])
        #expect(text == "      File \"a\\x1b[2J.py\"\n")
    }

    @Test func `the level has its colour, and what is beside the message is faint`() {
        #expect(
            line(.error, "job failed", ["a": "1"], colours: true)
                == "\u{1B}[2m20:01:09\u{1B}[0m \u{1B}[31merror\u{1B}[0m    worker: job failed"
                + "\u{1B}[2m a=1\u{1B}[0m\n")
    }
}
