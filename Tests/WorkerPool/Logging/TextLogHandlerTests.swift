import CLinux
import Glibc
import Logging
import Testing

@testable import WorkerPool

struct TextLogHandlerTests {
    /// A pipe and what was written into it.
    private final class Pipe {
        private var ends: (read: Int32, write: Int32) = (-1, -1)

        init() throws {
            var numbers: [Int32] = [-1, -1]
            let result = pipe(&numbers)
            try #require(result == 0)
            ends = (numbers[0], numbers[1])
        }

        deinit {
            close(ends.read)
            close(ends.write)
        }

        var stream: LogStream { LogStream(plain: ends.write) }
        var descriptor: Int32 { ends.write }

        /// What one read finds: one `write` of the other side, if there was only one.
        func text() -> String {
            rqd_set_nonblocking(ends.read)
            var room = [UInt8](repeating: 0, count: 65_536)
            let count = room.withUnsafeMutableBytes { read(ends.read, $0.baseAddress, $0.count) }
            return String(decoding: room[..<max(count, 0)], as: UTF8.self)
        }
    }

    private func logger(
        _ format: TextLogHandler.Format, _ ordinary: Pipe, _ errors: Pipe
    ) -> Logger {
        Logger(label: "rqd.master") {
            TextLogHandler(
                label: $0, level: { .info }, format: format, ordinary: ordinary.stream,
                errors: errors.stream)
        }
    }

    @Test func `a line carries the logger's fields and the event's`() throws {
        let pipe = try Pipe()
        var logger = logger(.daemon, pipe, pipe)
        logger[metadataKey: "RQD_POOL"] = "web"
        logger[metadataKey: "pid"] = "1"
        logger.info("hello", metadata: ["pid": "2"])
        logger.debug("unseen")
        let text = pipe.text()
        #expect(text.hasSuffix(" info  rqd.master web: hello pid=2\n"))
        #expect(text.firstIndex(of: "\n") == text.indices.last)
        #expect(LogForm.of(logger) == .text)
    }

    @Test func `an event's error is the field error`() throws {
        let pipe = try Pipe()
        let failure = SystemCallError(call: "fork", subject: "x", errno: 11)
        logger(.daemon, pipe, pipe).error("no worker", error: failure)
        #expect(pipe.text().hasSuffix(": no worker error=\"\(failure)\"\n"))
    }

    @Test func `the classic form parts errors from the rest`() throws {
        let (ordinary, errors) = (try Pipe(), try Pipe())
        let logger = logger(.classic, ordinary, errors)
        logger.warning("soft")
        logger.error("hard")
        #expect(ordinary.text().hasSuffix(" soft\n"))
        #expect(errors.text().hasSuffix(" hard\n"))
        #expect(LogForm.of(logger) == .classic)
    }

    @Test func `a full stream that does not block loses lines but not the caller`() throws {
        let pipe = try Pipe()
        rqd_set_nonblocking(pipe.descriptor)
        pipe.stream.write([UInt8](repeating: 0x61, count: 65_536))
        let start = MonotonicTime.now()
        pipe.stream.write(Array("lost\n".utf8))
        #expect(MonotonicTime.now() - start < .seconds(2))
        #expect(pipe.text().utf8.count == 65_536)
        #expect(pipe.text() == "")
    }

    @Test func `the journal is chosen only when it owns the stream`() throws {
        let pipe = try Pipe()
        var status = stat()
        fstat(pipe.descriptor, &status)
        let own = "\(status.st_dev):\(status.st_ino)"
        #expect(LogForm.suiting(journalStream: own, descriptor: pipe.descriptor) == .journal)
        #expect(LogForm.suiting(journalStream: "1:2", descriptor: pipe.descriptor) == .text)
        #expect(LogForm.suiting(journalStream: "", descriptor: pipe.descriptor) == .text)
        #expect(LogForm.suiting(journalStream: nil, descriptor: pipe.descriptor) == .text)
        #expect(LogForm.suiting(journalStream: own, descriptor: 9999) == .text)
    }

    @Test func `in the classic form only the worker chats`() {
        #expect(LogSystem.classicLevel(of: "rqd.worker", .info) == .info)
        #expect(LogSystem.classicLevel(of: "rqd.master", .info) == .warning)
        #expect(LogSystem.classicLevel(of: "rqd.master", .error) == .error)
        #expect(LogSystem.classicLevel(of: "rqd.master", .debug) == .debug)
    }
}
