import CLinux
import Glibc
import Logging
import Testing

@testable import WorkerPool

struct JournalSocketTests {
    /// A socket that a journal could listen on.
    private final class Journal {
        let path: String
        private var descriptor: Int32 = -1

        init() throws {
            path = "/tmp/rqd-journal-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
            try listen()
        }

        deinit { stop() }

        func listen() throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let isBound = try SocketAddress(path: path).bind(descriptor)
            try #require(isBound)
        }

        func stop() {
            close(descriptor)
            unlink(path)
        }

        /// The next datagram, or nothing when none waits.
        func receive() -> [UInt8] {
            var room = [UInt8](repeating: 0, count: 300_000)
            let count = room.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            return Array(room[..<max(count, 0)])
        }
    }

    @Test func `an entry arrives as one datagram`() throws {
        let journal = try Journal()
        let socket = JournalSocket(path: journal.path)
        #expect(socket.send(Array("MESSAGE=a\n".utf8)))
        #expect(journal.receive() == Array("MESSAGE=a\n".utf8))
        #expect(socket.takeLost() == 0)
    }

    @Test func `without a journal the caller is told`() {
        #expect(!JournalSocket(path: "/tmp/rqd-no-journal.sock").send([1]))
    }

    @Test func `a journal that was restarted is found again`() throws {
        let journal = try Journal()
        let socket = JournalSocket(path: journal.path)
        #expect(socket.send(Array("one".utf8)))
        journal.stop()
        #expect(!socket.send(Array("two".utf8)))
        try journal.listen()
        #expect(socket.send(Array("three".utf8)))
        #expect(journal.receive() == Array("three".utf8))
    }

    @Test func `a journal that reads nothing delays one entry only`() throws {
        let journal = try Journal()
        let socket = JournalSocket(path: journal.path)
        let start = MonotonicTime.now()
        for number in 0..<5_000 { #expect(socket.send(Array("\(number)".utf8))) }
        #expect(MonotonicTime.now() - start < .seconds(3))
        #expect(socket.takeLost() == 0)
        while !journal.receive().isEmpty {}
        #expect(socket.send(Array("again".utf8)))
        #expect(socket.takeLost() > 0)
        #expect(socket.takeLost() == 0)
        #expect(journal.receive() == Array("again".utf8))
    }

    @Test func `the journal's handler sends the message with its fields`() throws {
        let journal = try Journal()
        let socket = JournalSocket(path: journal.path)
        var logger = Logger(label: "rqd.worker") {
            JournalLogHandler(
                label: $0, level: { .info }, journal: socket, fallback: LogStream(plain: 2))
        }
        logger[metadataKey: "RQD_POOL"] = "web"
        logger.debug("unseen")
        logger.notice("worker started", metadata: ["pid": "42"])
        let fields = JournalEntryTests.fields(of: journal.receive())
        #expect(fields["MESSAGE"] == Array("web: worker started pid=42".utf8))
        #expect(fields["PID"] == Array("42".utf8))
        #expect(fields["PRIORITY"] == Array("5".utf8))
        #expect(fields["RQD_LOGGER"] == Array("rqd.worker".utf8))
        #expect(journal.receive().isEmpty)
        #expect(LogForm.of(logger) == .journal)
    }
}
