import RedisKit
import TestSupport
import Testing

/// Commands and scripts as bytes.
@Suite struct CommandTests {
    @Test func `a command is an array of bulk strings`() {
        var command = Command("SET", "k\u{e9}", .bytes([0, 13, 10, 255]))
        command.append(contentsOf: ["PX", 1500, -1])
        var output = Array("before".utf8)
        command.encode(into: &output)
        let expected =
            Array("before*6\r\n$3\r\nSET\r\n$3\r\nk\u{e9}\r\n$4\r\n".utf8) + [0, 13, 10, 255]
            + Array("\r\n$2\r\nPX\r\n$4\r\n1500\r\n$2\r\n-1\r\n".utf8)
        #expect(output == expected)
        #expect(command.count == 6)
    }

    @Test func `an empty argument is an argument`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        #expect(try redis.call(Command("ECHO", "")) == .string([]))
    }

    @Test func `an interpolated literal is one argument`() {
        let id = "4f"
        #expect(Command("GET", "rq:job:\(id)") == Command("GET", .text("rq:job:4f")))
    }

    @Test func `the hash of a script is the one the server gives it`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let source = Array("return {KEYS[1], ARGV[1]} -- \u{e9}".utf8)
        let script = Script(name: "echo", source: source)
        #expect(try redis.call(Command("SCRIPT", "LOAD", .bytes(source))).text == script.sha)
        let plain = script.evalsha(keys: ["k"], arguments: [7])
        #expect(try redis.call(plain) == .array([.string(Array("k".utf8)), .string([55])]))
        #expect(try redis.call(script.eval(keys: ["k"], arguments: [7])).array?.count == 2)
    }
}
