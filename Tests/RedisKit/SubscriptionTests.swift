import Glibc
import RedisKit
import TestSupport
import Testing

/// Channels, and the server's own messages about keys.
@Suite struct SubscriptionTests {
    @Test func `messages are handed over and are no answers`() throws {
        let server = try RedisServer()
        let listener = try server.connect()
        let speaker = try server.connect()
        listener.send(Command("SUBSCRIBE", "a", "b"))
        #expect(listener.unanswered == 1)
        var confirmations: [ReplyValue] = []
        while listener.unanswered > 0 { confirmations += try listener.awaitReplies() }
        let expected: [ReplyValue] = [
            .array([string("subscribe"), string("a"), .integer(1)]),
            .array([string("subscribe"), string("b"), .integer(2)]),
        ]
        #expect(confirmations == expected)
        #expect(try speaker.call(Command("PUBLISH", "b", "hello")) == .integer(1))
        let message = ReplyValue.array([string("message"), string("b"), string("hello")])
        #expect(try listener.awaitReplies() == [message])
        #expect(listener.unanswered == 0)
    }

    @Test func `every way to subscribe and unsubscribe is answered once`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let commands = [
            Command("subscribe", "a", "b", "c", "a"), Command("PSUBSCRIBE", "p*"), Command("PING"),
            Command("UNSUBSCRIBE", "a", "nothing"), Command("UNSUBSCRIBE"),
            Command("PUNSUBSCRIBE"), Command("UNSUBSCRIBE"), Command("SSUBSCRIBE", "s"),
            Command("SUNSUBSCRIBE"), Command("SUBSCRIBE"), Command("ECHO", "end"),
        ]
        for command in commands { redis.send(command) }
        var left: [Int] = []
        var last: ReplyValue?
        while redis.unanswered > 0 {
            try redis.receive(within: .seconds(5)) { view in
                left.append(redis.unanswered)
                last = view.value
            }
        }
        #expect(left == [11, 11, 11, 10, 9, 8, 8, 7, 7, 6, 5, 4, 3, 2, 1, 0])
        #expect(last == string("end"))
    }

    @Test(.enabled(if: try RedisProgram.isAtLeast(6, 2), "before 6.2 there are no such rights"))
    func `a refused subscription is one answer`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        try redis.call(Command("ACL", "SETUSER", "u", "on", "nopass", "+@all", "resetchannels"))
        try redis.call(Command("AUTH", "u", "x"))
        let error = #expect(throws: RedisError.self) {
            try redis.call(Command("SUBSCRIBE", "a", "b"))
        }
        #expect(error?.description.hasPrefix("redis answered: NOPERM") == true)
        #expect(try redis.call(Command("PING")) == .status("PONG"))
    }

    @Test func `data that looks like a message is data`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        try redis.call(Command("RPUSH", "l", "message", "a", "b"))
        let list = try redis.call(Command("LRANGE", "l", 0, -1))
        #expect(list == .array([string("message"), string("a"), string("b")]))
        #expect(redis.unanswered == 0)
    }

    @Test func `a message during a call waits for the next receive`() throws {
        let server = try RedisServer()
        let listener = try server.connect()
        let speaker = try server.connect()
        try listener.call(Command("SUBSCRIBE", "a"))
        try speaker.call(Command("PUBLISH", "a", "1"))
        #expect(try listener.call(Command("PING")).array?.first == string("pong"))
        try speaker.call(Command("PUBLISH", "a", "2"))
        var texts: [String?] = []
        while texts.count < 2 {
            try listener.receive(within: .seconds(5)) { texts.append($0[2].text) }
        }
        #expect(texts == ["1", "2"])
    }

    @Test func `one loop serves commands and messages`() throws {
        let server = try RedisServer()
        let commands = try server.connect()
        let listener = try server.connect()
        try listener.call(Command("SUBSCRIBE", "a"))
        commands.send(Command("PUBLISH", "a", "1"))
        try commands.flush()
        var answers: [ReplyValue] = []
        var messages: [String?] = []
        let watch = Stopwatch()
        while messages.count < 100, watch.elapsed < .seconds(10) {
            var states = [commands, listener].map { connection in
                let events = connection.wantsWrite ? POLLIN | POLLOUT : POLLIN
                return pollfd(fd: connection.descriptor, events: Int16(events), revents: 0)
            }
            poll(&states, 2, 1000)
            if states[0].revents != 0 {
                try commands.flush()
                answers += try commands.replies()
            }
            if states[1].revents != 0 {
                try listener.receive { view in
                    messages.append(view[2].text)
                    commands.send(Command("PUBLISH", "a", .integer(messages.count + 1)))
                }
                try commands.flush()
            }
        }
        #expect(messages == (1...100).map { "\($0)" })
        #expect(answers.count >= 99)
    }

    @Test func `the server tells a second connection which keys have changed`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let listener = try server.connect()
        let other = try server.connect()
        let id = try listener.call(Command("CLIENT", "ID")).integer ?? 0
        try listener.call(Command("SUBSCRIBE", "__redis__:invalidate"))
        try redis.call(Command("CLIENT", "TRACKING", "ON", "REDIRECT", .integer(id), "NOLOOP"))

        try redis.call(Command("LLEN", "rq:queue:a"))
        try other.call(Command("RPUSH", "rq:queue:a", "id"))
        let keys = try listener.awaitReplies()
        let channel = string("__redis__:invalidate")
        #expect(keys == [.array([string("message"), channel, .array([string("rq:queue:a")])])])

        try redis.call(Command("LLEN", "rq:queue:a"))
        try other.call(Command("FLUSHALL"))
        #expect(try listener.awaitReplies() == [.array([string("message"), channel, .null])])
        #expect(listener.unanswered == 0)
    }

    @Test func `waiting for a message ends in time and leaves the connection open`() throws {
        let server = try RedisServer()
        let listener = try server.connect()
        try listener.call(Command("SUBSCRIBE", "a"))
        let limit = Duration.milliseconds(10)
        #expect(throws: RedisError.timedOut(after: limit, doing: "anything")) {
            try listener.awaitReplies(within: limit)
        }
        try server.connect().call(Command("PUBLISH", "a", "1"))
        #expect(try listener.awaitReplies().count == 1)
    }
}
