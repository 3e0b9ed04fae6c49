import Glibc
import RedisKit
import TestSupport
import Testing

/// Blocking calls against a real server.
@Suite struct CallTests {
    @Test func `an error reply is thrown and the connection lives on`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        try redis.call(Command("SET", "k", "v"))
        let error = #expect(throws: RedisError.self) { try redis.call(Command("LPOP", "k")) }
        guard case .server(let answer) = error else {
            Issue.record("not the server's error: \(String(describing: error))")
            return
        }
        #expect(answer.code == "WRONGTYPE")
        #expect(error?.description == "redis answered: \(answer.message)")
        #expect(try redis.call(Command("GET", "k")).text == "v")
    }

    @Test func `what the closure throws is thrown and the connection lives on`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        #expect(throws: RedisError.protocolViolation("mine")) {
            try redis.call(Command("PING")) { _ throws(RedisError) in
                throw .protocolViolation("mine")
            }
        }
        #expect(try redis.call(Command("PING")) == .status("PONG"))
    }

    @Test func `50 MB go there and back unchanged`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let value = [UInt8](unsafeUninitializedCapacity: 50 << 20) { buffer, count in
            if let start = buffer.baseAddress { arc4random_buf(start, buffer.count) }
            count = buffer.count
        }
        try redis.call(Command("SET", "k", .bytes(value)), timeout: .seconds(30))
        let isSame = try redis.call(Command("GET", "k"), timeout: .seconds(30)) { view in
            view.withBytes { bytes in
                bytes.count == value.count
                    && bytes.baseAddress.map { memcmp($0, value, value.count) } == 0
            }
        }
        #expect(isSame == true)
        #expect(try redis.call(Command("PING")) == .status("PONG"))
    }

    @Test func `a pipeline of 10,000 keeps its order, with errors as values`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        var commands = (0..<10_000).map { Command("RPUSH", "list", .integer($0)) }
        commands[5000] = Command("INCR", "list")
        let replies = try redis.pipeline(commands, timeout: .seconds(30))
        #expect(replies[5000].error?.code == "WRONGTYPE")
        #expect(replies.compactMap(\.integer) == Array(1..<10_000))
        #expect(try redis.pipeline([]) == [])
    }

    @Test func `a pipeline larger than all buffers on the way does not stall`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let text = String(repeating: "x", count: 100_000)
        let replies = try redis.pipeline(
            Array(repeating: Command("ECHO", .text(text)), count: 300), timeout: .seconds(30))
        #expect(replies.count == 300)
        #expect(replies.allSatisfy { $0 == string(text) })
    }

    @Test func `a late answer ends the connection and is never taken for another`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let limit = Duration.milliseconds(20)
        let expected = RedisError.timedOut(after: limit, doing: "BLPOP")
        #expect(throws: expected) {
            try redis.call(Command("BLPOP", "nothing", "secret", 0), timeout: limit)
        }
        #expect(expected.description == "redis did not answer BLPOP within 0.02 seconds")
        #expect(throws: RedisError.closed) { try redis.call(Command("PING")) }
        #expect(throws: RedisError.closed) { try redis.pipeline([Command("PING")]) }
    }

    @Test func `a paused server is waited for as long as asked`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        try redis.call(Command("CLIENT", "PAUSE", 100))
        let watch = Stopwatch()
        #expect(try redis.call(Command("GET", "k"), timeout: nil) == .null)
        #expect(watch.elapsed > .milliseconds(50))
    }

    @Test func `a stopped server times out on the first write too`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        server.send(SIGSTOP)
        let expected = RedisError.timedOut(after: .milliseconds(20), doing: "SET")
        #expect(throws: expected) {
            let value = [UInt8](repeating: 0, count: 16 << 20)
            try redis.call(Command("SET", "k", .bytes(value)), timeout: .milliseconds(20))
        }
        server.send(SIGCONT)
    }

    @Test func `a server killed in mid-command closes the connection for good`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        redis.send(Command("BLPOP", "nothing", 0))
        try redis.flush()
        server.stop()
        #expect(throws: RedisError.closed) { try redis.awaitReplies() }
        #expect(throws: RedisError.closed) { try redis.call(Command("PING")) }
        try server.restart()
        #expect(throws: RedisError.closed) { try redis.call(Command("PING")) }
        #expect(try server.connect().call(Command("PING")) == .status("PONG"))
    }

    @Test func `a connection killed by the server is closed at the next call`() throws {
        let server = try RedisServer()
        let redis = try server.connect(name: "victim")
        let other = try server.connect()
        try other.call(Command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
        #expect(throws: RedisError.closed) { try redis.call(Command("PING")) }
    }

    @Test func `a reply without end is given up at its bound`() throws {
        let fake = try FakeServer()
        let redis = try Connection(to: fake.endpoint)
        redis.longestReplyBytes = 100_000
        redis.send(Command("GET", "k"))
        try redis.flush()
        try fake.accept()
        try fake.say("$500000000\r\n")
        let expected = RedisError.protocolViolation("a reply of more than 100000 bytes")
        #expect(throws: expected) {
            for _ in 0..<10 {
                try fake.say(String(repeating: "x", count: 20_000))
                _ = try redis.replies()
            }
        }
    }

    @Test func `a server that is still loading says so`() throws {
        let fake = try FakeServer()
        let redis = try Connection(to: fake.endpoint)
        redis.send(Command("GET", "k"))
        try redis.flush()
        try fake.accept()
        try fake.say("-LOADING Redis is loading the dataset in memory\r\n-\r\n")
        redis.send(Command("GET", "k"))
        let replies = try redis.replies()
        #expect(replies.first?.error?.code == "LOADING")
        #expect(replies.last?.error == ServerError(message: ""))
    }
}
