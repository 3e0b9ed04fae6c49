import Logging
import TestSupport
import Testing

@testable import WorkerPool

struct LogPatternTests {
    private static let line = LogLine(
        time: TextLineTests.time, level: .warning, label: "rqd.worker", message: "it's 7 µs\nand so"
    )

    private func text(_ pattern: String, date: String = "%H:%M:%S") throws -> String {
        let bytes = try LogPattern(pattern).bytes(of: Self.line, date: DatePattern(date))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Layouts and dates; every field, conversion, flag and width is in one of them.
    private static let layouts: [(String, String)] = [
        ("%(asctime)s %(message)s", "%H:%M:%S"), ("%(asctime)s|%(message)s", ""),
        ("%(asctime)-22s|", "%Y-%m-%dT%H:%M:%S"), ("%(asctime)s", "%a %j %U %d %b %y"),
        ("%(levelname)-8s|%(levelname)8s|%(levelname).3s|%(levelname)-6.2s|", ""),
        ("%(levelno)d %(levelno)s %(levelno)03d %(levelno)+d %(levelno)#x %(levelno)X", ""),
        ("%(levelno)5.1f|%(levelno)-6d|%(levelno)e|%(levelno) d", ""),
        ("%(name)s[%(processName)s/%(threadName)s] %(message)s", ""),
        ("%(asctime)s.%(msecs)03d %(msecs)s %(msecs)d %(msecs)g %(msecs)E", "%S"),
        ("%(created)d %(created).3f 100%% {\"a\": \"%(message)s\"}", ""),
        ("%(lineno)d%(lineno)5i%(lineno)u%(lineno)o", ""), ("%(message)30.12s|", ""),
    ]

    @Test func `lines look as Python's logging writes them`() throws {
        let code = """
            import json, logging, sys, time
            moment = time.mktime((2026, 11, 3, 20, 1, 9, 0, 0, -1)) + .007
            for layout, date in json.loads(sys.argv[1]):
                record = logging.LogRecord(
                    'rq.worker', logging.WARNING, 'rqd', 0, "it's 7 µs\\nand so", (), None)
                record.created, record.msecs = moment, 7.0
                print(logging.Formatter(layout, date or None).format(record), end='\\n\\x00')
            """
        let pairs = Self.layouts.map { TomlText.list([$0.0, $0.1]) }.joined(separator: ",")
        let output = try PythonEnvironment(.rq3_0).run(
            script: code, arguments: ["[\(pairs)]"], environment: ["PYTHONIOENCODING": "utf-8"])
        let expected = output.split(separator: "\0", omittingEmptySubsequences: false)
        for ((pattern, date), line) in zip(Self.layouts, expected) {
            #expect(try text(pattern, date: date) == line, "\(pattern)")
        }
        #expect(expected.count == Self.layouts.count + 1)
    }

    private static let hint = "a field is written %(message)s, a percent sign %%"

    /// Layouts that cannot be, and what is said of them.
    private static let wrong: [(String, String)] = [
        ("%(mesage)s", "has the unknown field %(mesage); did you mean %(message)s?"),
        ("%(nothing)s", "has the unknown field %(nothing)"),
        ("%(message)d", "cannot write %(message)d; %(message)s works"),
        ("%(created)x", "cannot write %(created)x; %(created)s works"),
        ("100% %(message)s", "has a % that starts no field, at \"% %(message)s\"; \(hint)"),
        ("%(message", "has a % that starts no field, at \"%(message\"; \(hint)"),
        ("%(message)", "has a % that starts no field, at \"%(message)\"; \(hint)"),
        ("%(message)999s", "has a % that starts no field, at \"%(message)999s\"; \(hint)"),
        ("%s", "has a % that starts no field, at \"%s\"; \(hint)"),
        ("none", "must name a field, such as %(message)s"),
        ("", "must name a field, such as %(message)s"),
    ]

    @Test(arguments: wrong)
    func `a layout that cannot be is told by what is wrong with it`(
        pattern: String, message: String
    ) {
        let error = #expect(throws: LogPatternError.self) { try LogPattern(pattern) }
        #expect(error?.description == message)
    }

    @Test func `every field of Python's has a value`() throws {
        for field in LogField.allCases {
            let text = try text("%(\(field.rawValue))s")
            #expect(text.count > 1, "\(field)")
        }
    }

    @Test func `only a message that stands for itself is coloured`() throws {
        var line = Self.line
        line.colour = "\u{1B}[33m"
        let plain = try LogPattern("%(message)s.").bytes(of: line, date: .clock)
        #expect(String(decoding: plain, as: UTF8.self) == "\u{1B}[33mit's 7 µs\nand so\u{1B}[0m.\n")
        let padded = try LogPattern("%(message)20s").bytes(of: line, date: .clock)
        #expect(!padded.contains(0x1B))
    }
}
