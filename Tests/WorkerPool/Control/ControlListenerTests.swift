import CLinux
import Glibc
import Testing

@testable import WorkerPool

struct ControlListenerTests {
    /// A loop with a control socket on it, and clients on the same thread.
    private final class House {
        let loop: EventLoop
        let path: String
        let door: ControlListener

        init(limits: ControlListener.Limits = .init(), at path: String? = nil) throws {
            loop = try EventLoop()
            self.path = path ?? House.freshPath()
            var later: [(ControlMessage.Reply) -> Void] = []
            door = try ControlListener(loop: loop, path: self.path, limits: limits) {
                command, answer in
                switch command {
                case .status: answer(.init(ok: true, status: StatusReportTests.example))
                case .pause: later.append(answer)
                case .resume(let pool):
                    for answer in later { answer(.init(ok: true, message: "resumed \(pool)")) }
                    answer(.init(ok: true, message: "done"))
                case .scale, .stopJob, .killJob, .logLevel, .reload, .restart, .upgrade, .metrics,
                    .stack:
                    answer(ControlMessage.reply(.unavailable("not now")))
                }
            }
        }

        deinit { door.close() }

        static func freshPath() -> String {
            "/tmp/rqd-control-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        }

        /// One thing that a client does, and how much it waits for.
        struct Step {
            /// Which client; the first step of a client connects it.
            var client = 0
            /// What it sends.
            var sends = ""
            /// How many lines it reads before the next step; the end of the stream is one as well.
            var reads = 1
            /// Whether it hangs up afterwards.
            var leaves = false
        }

        /// What one step has read.
        struct Heard: Equatable {
            var text: String
            var isAtEnd = false
        }

        /// Turns the loop until all steps are done, one after the other; a loop runs once.
        func play(_ steps: [Step]) throws -> [Heard] {
            var clients: [Int: Client] = [:]
            var heard: [Heard] = []
            func next() throws {
                guard heard.count < steps.count else { return loop.stop(0) }
                let step = steps[heard.count]
                let client = try clients[step.client] ?? Client(of: self)
                clients[step.client] = client
                client.send(step.sends)
                guard step.reads > 0 else {
                    heard.append(Heard(text: ""))
                    return try next()
                }
                try client.listen(lines: step.reads) { answer in
                    heard.append(answer)
                    if step.leaves { clients[step.client] = nil }
                    do { try next() } catch { Issue.record(error) }
                }
            }
            let guardian = try loop.onTimer { [loop] in loop.stop(1) }
            guardian.arm(after: .seconds(10))
            try next()
            let code = try loop.run()
            try #require(code == 0, "no answer in time")
            return heard
        }
    }

    /// One connection, on the same loop.
    private final class Client {
        private let descriptor: OwnedDescriptor
        private let loop: EventLoop
        private var source: DescriptorSource?

        init(of house: House) throws {
            loop = house.loop
            descriptor = try SocketAddress.open()
            let isConnected = try SocketAddress(path: house.path).connect(descriptor.number)
            try #require(isConnected)
        }

        deinit { source?.cancel() }

        func send(_ text: String) {
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes {
                Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }

        func listen(lines: Int, _ done: @escaping (House.Heard) -> Void) throws {
            var text: [UInt8] = []
            let number = descriptor.number
            source = try loop.onDescriptor(number, .read) { [unowned self] _ in
                var room = [UInt8](repeating: 0, count: 65_536)
                let count = room.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
                if count > 0 { text.append(contentsOf: room[..<count]) }
                guard count <= 0 || text.count(where: { $0 == 10 }) >= lines else { return }
                source?.cancel()
                source = nil
                done(House.Heard(text: String(decoding: text, as: UTF8.self), isAtEnd: count == 0))
            }
        }
    }

    private static let request = "{\"rqd\":1,\"command\":\"status\"}\n"
    private static let refusedGarbage = """
        {"error":"not a request; send {\\"rqd\\":1,\\"command\\":\\"status\\"} and a newline",\
        "exit":64,"ok":false,"rqd":1}\n
        """

    @Test func `a status request is answered with the status`() throws {
        let heard = try House().play([.init(sends: Self.request)])
        let reply = ControlMessage.decode(ControlMessage.Reply.self, heard[0].text.utf8)
        #expect(reply?.status == StatusReportTests.example)
        #expect(reply?.ok == true)
        #expect(!heard[0].isAtEnd)
    }

    @Test func `a request may come in pieces, and several at once`() throws {
        let heard = try House().play([
            .init(sends: "not json\n{\"rqd\":1,"),
            .init(sends: "\"command\":\"status\",\"new\":true}\n\n", reads: 2),
        ])
        #expect(heard[0].text == Self.refusedGarbage)
        #expect(heard[1].text.hasPrefix("{\"ok\":true,\"rqd\":1,\"status\":{"))
        #expect(heard[1].text.hasSuffix("}\n" + Self.refusedGarbage))
    }

    @Test(arguments: [
        ("{\"rqd\":2,\"command\":\"status\"}", "this daemon speaks version 1, not 2"),
        (
            "{\"rqd\":1,\"command\":\"fly\\u001b\"}",
            "unknown command \\\"fly\\\\x1b\\\"; known are status, scale, pause, resume, stop-job, "
                + "kill-job, log-level, reload, restart, upgrade, metrics, stack"
        ),
        ("{\"rqd\":1,\"command\":\"scale\"}", "scale needs the field \\\"pool\\\""),
        (
            "{\"rqd\":1,\"command\":\"scale\",\"pool\":\"web\"}",
            "scale needs the field \\\"workers\\\""
        ),
        (
            "{\"rqd\":1,\"command\":\"log-level\",\"level\":\"loud\"}",
            "level must be one of debug, info, notice, warning, error, not \\\"loud\\\""
        ),
        ("[]", "not a request; send {\\\"rqd\\\":1,\\\"command\\\":\\\"status\\\"} and a newline"),
        ("{}", "not a request; send {\\\"rqd\\\":1,\\\"command\\\":\\\"status\\\"} and a newline"),
    ])
    func `a request that cannot be served is refused with the reason`(
        request: String, reason: String
    ) throws {
        let heard = try House().play([.init(sends: request + "\n")])
        #expect(heard[0].text == "{\"error\":\"\(reason)\",\"exit\":64,\"ok\":false,\"rqd\":1}\n")
    }

    @Test func `an answer that takes its time holds up its own client only`() throws {
        let pause = "{\"rqd\":1,\"command\":\"pause\",\"pool\":\"web\"}\n"
        let resume = "{\"rqd\":1,\"command\":\"resume\",\"pool\":\"web\"}\n"
        let heard = try House().play([
            .init(client: 1, sends: pause + Self.request, reads: 0),
            .init(client: 2, sends: Self.request),
            .init(client: 2, sends: resume),
            .init(client: 1, reads: 2),
        ])
        #expect(heard[2].text == "{\"message\":\"done\",\"ok\":true,\"rqd\":1}\n")
        #expect(heard[3].text.hasPrefix("{\"message\":\"resumed web\",\"ok\":true,\"rqd\":1}\n{"))
    }

    @Test func `an endless line is refused and the client sent away`() throws {
        let endless = String(repeating: "x", count: ControlMessage.longestLine + 1)
        let heard = try House().play([.init(sends: endless, reads: 2)])
        #expect(heard[0].text.contains("a request has at most 65536 bytes"))
        #expect(heard[0].isAtEnd)
    }

    @Test func `a client that says nothing is sent away`() throws {
        let house = try House(limits: .init(clients: 16, idle: .milliseconds(20)))
        #expect(try house.play([.init()]) == [.init(text: "", isAtEnd: true)])
    }

    @Test func `a client too many is refused, and one that leaves makes room`() throws {
        let house = try House(limits: .init(clients: 1, idle: .seconds(30)))
        let heard = try house.play([
            .init(client: 1, sends: Self.request),
            .init(client: 2, reads: 2),
            .init(client: 1, sends: Self.request, leaves: true),
            .init(client: 3, sends: Self.request),
        ])
        let refusal = "{\"error\":\"too many clients\",\"exit\":69,\"ok\":false,\"rqd\":1}\n"
        #expect(heard[1] == .init(text: refusal, isAtEnd: true))
        #expect(heard[0].text.contains("\"ok\":true"))
        #expect(heard[2].text == heard[0].text)
        #expect(heard[3].text == heard[0].text)
    }

    @Test func `a client that does not read does not hold up the others`() throws {
        let heard = try House().play([
            .init(client: 1, sends: String(repeating: Self.request, count: 2_000), reads: 0),
            .init(client: 2, sends: Self.request),
            .init(client: 1, reads: 2_000),
        ])
        #expect(heard[1].text.contains("\"ok\":true"))
        #expect(heard[2].text.split(separator: "\n").count == 2_000)
    }

    @Test func `the socket is for its owner and group, and goes with the daemon`() throws {
        let house = try House()
        var status = stat()
        #expect(lstat(house.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        house.door.close()
        #expect(lstat(house.path, &status) == -1)
    }

    @Test func `a socket that nobody answers at is replaced`() throws {
        let path = House.freshPath()
        do {
            let dead = try SocketAddress.open()
            let isBound = try SocketAddress(path: path).bind(dead.number)
            try #require(isBound)
        }
        let house = try House(at: path)
        #expect(try house.play([.init(sends: "x\n")]) == [.init(text: Self.refusedGarbage)])
    }

    @Test func `a socket that somebody answers at is left alone`() throws {
        let house = try House()
        #expect(throws: ControlError.inUse(path: house.path)) { try House(at: house.path) }
        var status = stat()
        #expect(lstat(house.path, &status) == 0)
    }

    @Test func `a file that is no socket is left alone`() throws {
        let path = House.freshPath()
        let file = creat(path, 0o600)
        try #require(file >= 0)
        defer {
            close(file)
            unlink(path)
        }
        #expect(throws: ControlError.notASocket(path: path)) { try House(at: path) }
    }

    @Test func `a missing directory is made, but not a whole path`() throws {
        let directory = "/tmp/rqd-run-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer { rmdir(directory) }
        do {
            let house = try House(at: directory + "/control.sock")
            var status = stat()
            #expect(stat(directory, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o755)
            house.door.close()
        }
        #expect(throws: ControlError.self) { try House(at: directory + "/a/b/control.sock") }
    }

    @Test(arguments: ["", String(repeating: "x", count: 108)])
    func `a path that no socket can have is refused`(path: String) {
        #expect(throws: ControlError.unusablePath(path)) { try House(at: path) }
    }

    @Test func `asking where nobody answers says so`() {
        #expect(
            throws: ControlError.nobodyThere(
                path: "/tmp/rqd-nobody.sock", reason: "No such file or directory")
        ) { try ControlCall.status(at: "/tmp/rqd-nobody.sock") }
    }
}
