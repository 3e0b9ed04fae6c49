import RQ
import RedisKit
import Testing

@testable import WorkerPool

@Suite struct JobReportTests {
    private static let times = ["started", "1700000000.250000", "ended", "1700000001.500000"]

    /// Reads parts as they come from a horse: through a reader, as one RESP array.
    private func report(_ parts: [[UInt8]]) throws -> JobReport {
        var bytes = Array("*\(parts.count)\r\n".utf8)
        for part in parts { bytes += Array("$\(part.count)\r\n".utf8) + part + [13, 10] }
        let reader = ReplyReader()
        try bytes.withUnsafeBytes { try reader.feed($0) }
        let reply = try reader.next()
        switch consume reply {
        case .some(let reply): return try reply.view { try JobReport($0) }
        case .none: throw WireError(field: "frame", expected: "a whole one", found: bytes)
        }
    }

    private func report(_ parts: [String]) throws -> JobReport {
        try report(parts.map { Array($0.utf8) })
    }

    @Test func `a function that returned None has no value`() throws {
        let report = try report(["returned"] + Self.times)
        #expect(report.outcome.kind == .returned(value: nil))
        #expect(report.failureLine == nil)
        #expect(report.traceback == nil)
    }

    @Test func `a value is kept byte for byte`() throws {
        let value: [UInt8] = [0x80, 0, 13, 10, 0xff]
        let parts = ["returned", "value"].map { Array($0.utf8) } + [value]
        let report = try report(parts + Self.times.map { Array($0.utf8) })
        #expect(report.outcome.kind == .returned(value: value))
    }

    @Test func `the times are those of the function`() throws {
        let report = try report(["returned"] + Self.times)
        #expect(report.outcome.started == Timestamp(microseconds: 1_700_000_000_250_000))
        #expect(report.outcome.ended == Timestamp(microseconds: 1_700_000_001_500_000))
    }

    @Test func `a function that raised has a traceback for Redis and a line for the log`() throws {
        let report = try report(
            ["raised", "exc", "Traceback …\nValueError: boom\n", "line", "ValueError: boom"]
                + Self.times)
        #expect(report.outcome.kind == .failed(text: "Traceback …\nValueError: boom\n"))
        #expect(report.failureLine == "ValueError: boom")
        #expect(report.traceback == "Traceback …\nValueError: boom\n")
    }

    @Test func `a Retry carries how often, when and where`() throws {
        let report = try report(
            ["retry", "max", "3", "intervals", "10,20,30", "front", "1", "value", "pickled"]
                + Self.times)
        let request = RetryRequest(
            max: 3, intervals: [10, 20, 30], atFront: true, value: Array("pickled".utf8))
        #expect(report.outcome.kind == .retry(request))
    }

    @Test func `fields that the job changed are kept in their order`() throws {
        let report = try report(
            ["returned", "field:description", "new", "field:ttl", ""] + Self.times)
        var changed = FieldList()
        changed.append("description", Array("new".utf8))
        changed.append("ttl", [])
        #expect(report.outcome.changed == changed)
    }

    @Test func `warnings and the most memory are told on the side`() throws {
        let report = try report(
            ["returned", "warning", "one", "warning", "two", "rss", "2048"] + Self.times)
        #expect(report.warnings == ["one", "two"])
        #expect(report.peakMemoryBytes == 2_097_152)
    }

    @Test func `a traceback that is not UTF-8 is read with replacements`() throws {
        let parts = ["raised", "exc"].map { Array($0.utf8) } + [[0x41, 0xff]]
        let report = try report(parts + Self.times.map { Array($0.utf8) })
        #expect(report.outcome.kind == .failed(text: "A\u{FFFD}"))
    }

    @Test func `what a newer script says more is passed over`() throws {
        let report = try report(["returned", "colour", "blue"] + Self.times)
        #expect(report.outcome.kind == .returned(value: nil))
    }

    @Test(arguments: [
        [], ["returned"], ["returned", "started"], ["vanished"] + times,
        ["returned", "started", "soon", "ended", "later"],
    ])
    func `a frame of another shape is refused`(parts: [String]) {
        #expect(throws: WireError.self) { try report(parts) }
    }
}
