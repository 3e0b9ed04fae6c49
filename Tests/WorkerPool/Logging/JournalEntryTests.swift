import Logging
import Testing

@testable import WorkerPool

struct JournalEntryTests {
    /// The fields of an entry, read the way the journal reads them.
    static func fields(of entry: [UInt8]) -> [String: [UInt8]] {
        var fields: [String: [UInt8]] = [:]
        var rest = entry[...]
        while let end = rest.firstIndex(where: { $0 == 10 || $0 == UInt8(ascii: "=") }) {
            let name = String(decoding: rest[..<end], as: UTF8.self)
            var value = rest[(end + 1)...]
            if rest[end] == 10 {
                let length = value.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                value = value.dropFirst(8)
                fields[name] = Array(value.prefix(length))
                rest = value.dropFirst(length + 1)
            } else {
                fields[name] = Array(value.prefix { $0 != 10 })
                rest = value.drop { $0 != 10 }.dropFirst()
            }
        }
        return fields
    }

    private func text(
        _ message: String, _ metadata: Logger.Metadata, _ level: Logger.Level = .info
    ) -> [String: String] {
        Self.fields(of: JournalEntry.bytes(level, "rqd.master", message, metadata))
            .mapValues { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a plain entry has these bytes`() {
        let entry = JournalEntry.bytes(.warning, "rqd.master", "hello", [:])
        let expected =
            "MESSAGE=hello\nPRIORITY=4\nSYSLOG_IDENTIFIER=rqd\nRQD_LOGGER=rqd.master\n"
        #expect(String(decoding: entry, as: UTF8.self) == expected)
    }

    @Test func `a value of several lines carries its length`() {
        let entry = JournalEntry.bytes(.info, "l", "a\nb", [:])
        #expect(entry.starts(with: Array("MESSAGE\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0]))
        #expect(Self.fields(of: entry)["MESSAGE"] == Array("a\nb".utf8))
        #expect(Self.fields(of: entry)["PRIORITY"] == Array("6".utf8))
    }

    @Test func `a message with loose fields shows them and its slot`() {
        let fields = text(
            "worker ended",
            ["RQD_POOL": "web", "RQD_SLOT": "2", "signal": "KILL", "RQ_WORKER": "h.web.2"])
        #expect(fields["MESSAGE"] == "web/2: worker ended signal=KILL")
        #expect(fields["SIGNAL"] == "KILL")
        #expect(fields["RQD_POOL"] == "web")
        #expect(fields["RQD_SLOT"] == "2")
        #expect(fields["RQ_WORKER"] == "h.web.2")
    }

    @Test func `a sentence is left as it is`() {
        let fields = text(
            "job failed: boom", ["RQD_EVENT": "job failed", "RQD_POOL": "web", "reason": "boom"])
        #expect(fields["MESSAGE"] == "job failed: boom")
        #expect(fields["REASON"] == "boom")
    }

    @Test(arguments: [
        ("RQ_JOB_ID", "RQ_JOB_ID"), ("pid", "PID"), ("error.message", "ERROR_MESSAGE"),
        ("_PID", "RQD__PID"), ("9lives", "RQD_9LIVES"), ("message", "RQD_MESSAGE"),
        ("priority", "RQD_PRIORITY"), ("", "RQD_"),
    ])
    func `field names are made fit for the journal`(key: String, name: String) {
        #expect(JournalEntry.fieldName(key) == name)
    }

    @Test func `a long name stays within 64 letters`() {
        #expect(JournalEntry.fieldName(String(repeating: "9", count: 200)).utf8.count == 64)
    }

    @Test func `what the journal would call a blob is made readable`() {
        #expect(text("bell \u{7}", [:])["MESSAGE"] == "bell \\x07")
    }

    @Test func `a huge value is cut between characters`() {
        let value = text("m", ["big": "x\(String(repeating: "é", count: 50_000))"])["BIG"]
        let kept = "x" + String(repeating: "é", count: JournalEntry.longestValue / 2 - 1) + "…"
        let isAsExpected = value == kept  // too long to be printed
        #expect(isAsExpected)
    }

    @Test(
        arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
    func `levels become priorities`(level: Logger.Level, priority: Int) {
        #expect(text("m", [:], level)["PRIORITY"] == "\(priority)")
    }
}
