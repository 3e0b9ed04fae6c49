import Glibc
import RedisKit
import TestSupport
import Testing

/// The non-blocking core, step by step against a server that the test plays.
@Suite struct EventLoopTests {
    @Test func `without a handshake the first write is the caller's`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(Command("PING"))
        #expect(redis.wantsWrite)
        #expect(redis.unanswered == 1)
        try redis.flush()
        #expect(!redis.wantsWrite)
        try fake.accept()
        #expect(try fake.hear() == "*1\r\n$4\r\nPING\r\n")
        try fake.say("+PO")
        #expect(try redis.replies() == [])
        #expect(redis.unanswered == 1)
        try fake.say("NG\r\n")
        #expect(try redis.replies() == [.status("PONG")])
        #expect(redis.unanswered == 0)
    }

    @Test func `the handshake goes out in one write and the caller's commands behind it`() throws {
        let fake = try FakeServer(password: "pw", database: 4)
        let redis = try Connection(startingTo: fake.endpoint, name: "me")
        redis.send(Command("PING"))
        try redis.flush()
        try fake.accept()
        let greeting =
            "*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n4\r\n"
            + "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$2\r\nme\r\n"
        #expect(try fake.hear() == greeting)
        #expect(!redis.isReady)
        #expect(!redis.wantsWrite)
        try fake.say("+OK\r\n+OK\r\n")
        #expect(try redis.replies() == [])
        #expect(try fake.hear() == "")
        try fake.say("+OK\r\n")
        #expect(try redis.replies() == [])
        #expect(redis.isReady)
        #expect(try fake.hear() == "*1\r\n$4\r\nPING\r\n")
        try fake.say("+PONG\r\n")
        #expect(try redis.replies() == [.status("PONG")])
    }

    @Test func `a refused handshake ends the connection before any command is sent`() throws {
        let fake = try FakeServer(database: 99)
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(Command("FLUSHDB"))
        try redis.flush()
        try fake.accept()
        try fake.say("-ERR DB index is out of range\r\n")
        let expected = RedisError.server(ServerError(message: "ERR DB index is out of range"))
        #expect(throws: expected) { try redis.replies() }
        #expect(throws: RedisError.closed) { try redis.replies() }
        #expect(throws: RedisError.closed) { try redis.flush() }
        #expect(try !fake.hear().contains("FLUSHDB"))
        #expect(redis.descriptor == -1)
        #expect(redis.unanswered == 0)
    }

    @Test func `a server that repeats the password does not get it into the error`() throws {
        let fake = try FakeServer(password: "s3cret")
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        try redis.flush()
        try fake.accept()
        try fake.say("-ERR unknown command 'AUTH', with args beginning with: 's3cret'\r\n")
        let error = #expect(throws: RedisError.self) { try redis.replies() }
        #expect(error?.description.hasPrefix("redis answered: ERR") == true)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test func `many replies come one by one and in order from one read`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        for number in 0..<1000 { redis.send(Command("ECHO", .integer(number))) }
        try redis.flush()
        try fake.accept()
        try fake.say((0..<1000).map { ":\($0)\r\n" }.joined())
        #expect(try redis.replies() == (0..<1000).map { .integer($0) })
    }

    @Test func `one receive reads a bounded amount from a server that never stops`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        for _ in 0..<1000 { redis.send(Command("GET", "k")) }
        try redis.flush()
        try fake.accept()
        // 32 KB each, and whatever has been read is there again at once.
        let reply = "$32758\r\n" + String(repeating: "x", count: 32758) + "\r\n"
        let flood = Array(String(repeating: reply, count: 400).utf8)
        var said = try fake.sayWhatFits(flood[...])
        var count = 0
        try redis.receive { _ in
            count += 1
            said += (try? fake.sayWhatFits(flood[said...])) ?? 0
        }
        #expect((16...48).contains(count))
        while count < 400 {
            try redis.receive { _ in count += 1 }
            said += try fake.sayWhatFits(flood[said...])
        }
        #expect(redis.unanswered == 600)
    }

    @Test func `a server that no longer listens is one that has gone`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        try redis.flush()
        try fake.accept()
        fake.stopListening()
        redis.send(Command("PING"))
        try redis.flush()
        #expect(throws: RedisError.closed) { try redis.replies() }
    }

    @Test func `a reply to nothing is a violation`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        try redis.flush()
        try fake.accept()
        try fake.say("+HELLO\r\n")
        let expected = RedisError.protocolViolation("an answer to nothing that was asked")
        #expect(throws: expected) { try redis.replies() }
        #expect(throws: RedisError.closed) { try redis.replies() }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "$5x\r\n", "*2\r\n:1\r\n%\r\n"])
    func `a peer that does not speak RESP is a violation`(nonsense: String) throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(Command("PING"))
        redis.send(Command("PING"))
        try redis.flush()
        try fake.accept()
        try fake.say("+PONG\r\n\(nonsense)")
        var replies: [ReplyValue] = []
        let error = #expect(throws: RedisError.self) {
            try redis.receive { replies.append($0.value) }
        }
        #expect(error?.description.hasPrefix("redis broke its protocol: ") == true)
        #expect(replies == [.status("PONG")])
        #expect(redis.isClosed)
    }

    @Test func `what the server said last is handed over before the end is noticed`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(Command("PING"))
        try redis.flush()
        try fake.accept()
        try fake.say("+PONG\r\n")
        fake.hangUp()
        redis.send(Command("PING"))
        // A broken pipe: neither a signal nor, yet, an error.
        try redis.flush()
        #expect(!redis.wantsWrite)
        var replies: [ReplyValue] = []
        #expect(throws: RedisError.closed) {
            while true { try redis.receive { replies.append($0.value) } }
        }
        #expect(replies == [.status("PONG")])
    }

    @Test func `a server that turns connections away is heard`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        try redis.flush()
        try fake.accept()
        try fake.say("-ERR max number of clients reached\r\n")
        fake.hangUp()
        let expected = ServerError(message: "ERR max number of clients reached")
        #expect(throws: RedisError.server(expected)) { try redis.replies() }
    }

    @Test func `a closure may send and may close`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(Command("A"))
        redis.send(Command("B"))
        try redis.flush()
        try fake.accept()
        try fake.say("+a\r\n+b\r\n")
        var seen: [ReplyValue] = []
        try redis.receive { view in
            seen.append(view.value)
            redis.send(Command("C"))
            redis.close()
        }
        #expect(seen == [.status("a")])
        #expect(redis.isClosed)
    }
}
