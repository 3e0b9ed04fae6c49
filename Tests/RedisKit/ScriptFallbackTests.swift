import RedisKit
import TestSupport
import Testing

/// Scripts that the server knows, does not know, or cannot run.
@Suite struct ScriptFallbackTests {
    private let increment = Script(
        name: "increment", source: Array("return redis.call('INCRBY', KEYS[1], ARGV[1])".utf8))

    @Test func `a script runs on a server that has never seen it`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        #expect(try redis.call(increment, keys: ["k"], arguments: [2]) == .integer(2))
        #expect(try redis.call(increment, keys: ["k"], arguments: [2]) == .integer(4))
        let info = try redis.call(Command("INFO", "commandstats")).text ?? ""
        #expect(info.contains("cmdstat_eval:calls=1,"))
        #expect(info.contains("cmdstat_evalsha:calls=2,"))
    }

    @Test func `replies keep the order of sends when the script is forgotten in between`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        try redis.call(increment, keys: ["k"], arguments: [1])
        redis.send(Command("ECHO", "a"))
        redis.send(increment, keys: ["k"], arguments: [10])
        redis.send(Command("SCRIPT", "FLUSH"))
        redis.send(increment, keys: ["k"], arguments: [100])
        redis.send(Command("ECHO", "b"))
        redis.send(increment, keys: ["k"], arguments: [1000])
        redis.send(Command("ECHO", "c"))
        #expect(redis.unanswered == 7)
        var replies: [ReplyValue] = []
        var counts: [Int] = []
        while redis.unanswered > 0 {
            try redis.receive(within: .seconds(5)) { view in
                replies.append(view.value)
                counts.append(redis.unanswered)
            }
        }
        let expected: [ReplyValue] = [
            string("a"), .integer(11), .status("OK"), .integer(111), string("b"), .integer(1111),
            string("c"),
        ]
        #expect(replies == expected)
        #expect(counts == [6, 5, 4, 3, 2, 1, 0])
    }

    @Test func `what is sent while the source is on its way comes behind it`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(increment, keys: ["k"], arguments: [1])
        redis.send(Command("A"))
        try redis.flush()
        try fake.accept()
        _ = try fake.hear()
        try fake.say("-NOSCRIPT No matching script.\r\n+a\r\n")
        #expect(try redis.replies() == [])
        #expect(try fake.hear().hasPrefix("*5\r\n$4\r\nEVAL\r\n"))
        redis.send(Command("B"))
        #expect(redis.unanswered == 3)
        try redis.flush()
        try fake.say(":1\r\n")
        #expect(try redis.replies() == [.integer(1), .status("a")])
        try fake.say("+b\r\n")
        #expect(try redis.replies() == [.status("b")])
        #expect(redis.unanswered == 0)
    }

    @Test func `a plain EVALSHA gets its NOSCRIPT`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let replies = try redis.pipeline([increment.evalsha(keys: ["k"]), Command("PING")])
        #expect(replies.first?.error?.code == "NOSCRIPT")
        #expect(replies.last == .status("PONG"))
    }

    @Test func `an answer lost with the connection is never asked for again`() throws {
        let fake = try FakeServer()
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        redis.send(increment, keys: ["k"], arguments: [1])
        try redis.flush()
        try fake.accept()
        #expect(try fake.hear().hasPrefix("*5\r\n$7\r\nEVALSHA\r\n"))
        fake.hangUp()
        #expect(throws: RedisError.closed) { try redis.awaitReplies() }
        redis.send(increment, keys: ["k"], arguments: [1])
        #expect(throws: RedisError.closed) { try redis.flush() }
        #expect(!redis.wantsWrite)
        #expect(try !fake.hasCaller)
    }

    @Test func `a script that is wrong is the server's error`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let broken = Script(name: "broken", source: Array("return (".utf8))
        let raising = Script(name: "raising", source: Array("error('mine')".utf8))
        for script in [broken, raising, broken] {
            let error = #expect(throws: RedisError.self) { try redis.call(script, keys: []) }
            #expect(error?.description.hasPrefix("redis answered: ERR ") == true)
        }
        #expect(try redis.call(Command("PING")) == .status("PONG"))
    }

    @Test(
        .enabled(
            if: try RedisProgram.isAtLeast(6, 2),
            "Redis 6.0 leaves what was sent behind a killed script until more is sent"))
    func `a script that is killed is an error and the next one runs`() throws {
        let server = try RedisServer(arguments: ["--lua-time-limit", "1"])
        let redis = try server.connect()
        let other = try server.connect()
        redis.send(Script(name: "endless", source: Array("while true do end".utf8)), keys: [])
        redis.send(increment, keys: ["k"], arguments: [1])
        try redis.flush()
        // The first answer is NOSCRIPT; the source goes out with the next read.
        try eventually("the script runs") {
            if redis.unanswered == 2 { _ = try drained(redis) }
            let reply = try other.pipeline([Command("SCRIPT", "KILL")])
            return reply == [.status("OK")]
        }
        var replies: [ReplyValue] = []
        while redis.unanswered > 0 { replies += try redis.awaitReplies() }
        #expect(replies.first?.error?.message.contains("Script killed by user") == true)
        #expect(replies.last == .integer(1))
    }

    /// What is there now, which may be nothing.
    private func drained(_ redis: Connection) throws -> [ReplyValue] {
        do {
            return try redis.awaitReplies(within: .zero)
        } catch RedisError.timedOut {
            return []
        }
    }
}
