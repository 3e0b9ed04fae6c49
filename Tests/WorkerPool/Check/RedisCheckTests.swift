import Glibc
import RedisKit
import TestSupport
import Testing

@testable import WorkerPool

struct RedisCheckTests {
    @Test func `a server that allows everything is fine and keeps nothing of the check`() throws {
        let server = try RedisServer()
        let findings = RedisCheck.findings(RedisConfiguration(url: server.url))
        #expect(findings.map(\.verdict) == [.fine])
        let message = try #require(findings.first?.message)
        #expect(message.contains(": Redis ") || message.contains(": Valkey "))
        #expect(message.hasSuffix(", all commands are allowed"))
        let connection = try server.connect()
        #expect(try connection.call(Command("DBSIZE")).integer == 0)
    }

    @Test func `every command that the user may not send is named`() throws {
        let server = try RedisServer()
        let connection = try server.connect()
        try Self.makeUser(
            ["bob", "on", ">secret", "~rq:*", "+@all", "-xadd", "-hmget", "-subscribe"],
            connection)
        let url = "unix://bob:secret@\(server.socketPath)"
        let findings = RedisCheck.findings(RedisConfiguration(url: url))
        #expect(findings.map(\.verdict) == [.wrong, .wrong, .wrong])
        let commands = [
            "HMGET: not allowed; ACL SETUSER bob +hmget allows it",
            "XADD: not allowed; ACL SETUSER bob +xadd allows it",
            "SUBSCRIBE: not allowed; ACL SETUSER bob +subscribe allows it",
        ]
        #expect(zip(findings, commands).allSatisfy { $0.message.contains($1) })
        #expect(!findings.contains { $0.message.contains("secret") })
        #expect(try connection.call(Command("DBSIZE")).integer == 0)
    }

    @Test func `keys outside of what the user may touch are a wrong configuration`() throws {
        let server = try RedisServer()
        try Self.makeUser(["bob", "on", ">pw", "~other:*", "+@all"], server.connect())
        let url = "unix://bob:pw@\(server.socketPath)"
        #expect(RedisCheck.findings(RedisConfiguration(url: url)).map(\.verdict) == [.wrong])
    }

    @Test func `a kind of keys that the user may not touch is named with its pattern`() throws {
        let server = try RedisServer()
        let kinds = RequiredRights.keys.filter { $0 != "results:" && $0 != "rqd:workers" }
            .map { $0.hasSuffix(":") ? "~rq:\($0)*" : "~rq:\($0)" }
        let redis = try server.connect()
        try Self.makeUser(["bob", "on", ">pw", "+@all"] + kinds, redis)
        try redis.call(Command("SADD", "rq:queues", "rq:queue:a"))
        let url = "unix://bob:pw@\(server.socketPath)"
        let findings = RedisCheck.findings(RedisConfiguration(url: url))
        let endpoint = try RedisConfiguration(url: url).endpoint()
        #expect(
            findings.map(\.message) == [
                "\(endpoint): keys rq:results:*: not allowed;"
                    + " ACL SETUSER bob ~rq:results:* allows it",
                "\(endpoint): keys rq:rqd:workers: not allowed;"
                    + " ACL SETUSER bob ~rq:rqd:workers allows it",
            ])
        #expect(try redis.call(Command("DBSIZE")).integer == 1)
    }

    @Test func `a server that may not tell of pushes is fine, with a remark`() throws {
        let server = try RedisServer()
        try Self.makeUser(
            ["bob", "on", ">pw", "~*", "+@all", "-client|tracking"], server.connect())
        let url = "unix://bob:pw@\(server.socketPath)"
        let findings = RedisCheck.findings(RedisConfiguration(url: url))
        #expect(findings.map(\.verdict) == [.fine, .fine])
        #expect(findings.last?.message.contains("ACL SETUSER bob +client|tracking") == true)
    }

    @Test func `what cannot be tried without scripts is said`() throws {
        let server = try RedisServer()
        try Self.makeUser(["bob", "on", ">pw", "~*", "+@all", "-eval"], server.connect())
        let url = "unix://bob:pw@\(server.socketPath)"
        let findings = RedisCheck.findings(RedisConfiguration(url: url))
        #expect(findings.map(\.verdict) == [.wrong])
        #expect(findings.first?.message.contains("ACL SETUSER bob +eval allows it; the ") == true)
        #expect(findings.first?.message.hasSuffix("could not be tried") == true)
    }

    /// Makes a user who may listen to every channel; before 6.2 everybody may.
    private static func makeUser(_ rules: [String], _ connection: Connection) throws {
        let channels = try RedisProgram.isAtLeast(6, 2) ? ["&*"] : []
        let words = ["SETUSER"] + rules + channels
        try connection.call(Command("ACL", arguments: words.map { .text($0) }))
    }

    @Test func `a wrong password is a wrong configuration`() throws {
        let server = try RedisServer(password: "right")
        let url = "unix://:wrong@\(server.socketPath)"
        let findings = RedisCheck.findings(RedisConfiguration(url: url))
        #expect(findings.map(\.verdict) == [.wrong])
        #expect(findings.first?.message.contains("WRONGPASS") == true)
    }

    @Test func `a server that is away is unreachable`() throws {
        let server = try RedisServer()
        server.stop()
        let findings = RedisCheck.findings(RedisConfiguration(url: server.url))
        #expect(findings.map(\.verdict) == [.unreachable])
        #expect(findings.first?.message.contains(server.socketPath) == true)
    }

    @Test func `a server that is stopped is unreachable in time`() throws {
        let server = try RedisServer()
        server.send(SIGSTOP)
        defer { server.send(SIGCONT) }
        let findings = RedisCheck.findings(
            RedisConfiguration(url: server.url), timeout: .milliseconds(50))
        #expect(findings.map(\.verdict) == [.unreachable])
    }

    @Test(arguments: [
        ("redis_version:5.0.6", "Redis 5.0.6 is too old, 6.0 is needed"),
        ("redis_version:6.0.16", nil), ("redis_version:unstable", nil),
        ("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1", nil),
    ])
    func `a release that cannot tell of new jobs is refused`(
        information: String, complaint: String?
    ) throws {
        let endpoint = try Endpoint(url: "redis://localhost")
        let release = try #require(
            ServerRelease(information: "# Server\r\n\(information)\r\nprocess_id:7\r\n"))
        let messages = RedisCheck.complaints(about: release, endpoint).map(\.message)
        #expect(messages == (complaint.map { ["\(endpoint): \($0)"] } ?? []))
    }

    @Test(arguments: [
        ("redis_version:7.0.15\r\n", "Redis 7.0.15"),
        ("redis_version:7.2.4\r\nvalkey_version:8.1.1\r\n", "Valkey 8.1.1"),
    ])
    func `a server is called by its own name`(information: String, name: String) {
        #expect(ServerRelease(information: information)?.description == name)
    }
}
