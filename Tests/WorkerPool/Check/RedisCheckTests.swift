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
        #expect(findings.first?.message.contains("Redis ") == true)
        #expect(findings.first?.message.hasSuffix(", all commands are allowed") == true)
        let connection = try server.connect()
        #expect(try connection.call(Command("DBSIZE")).integer == 0)
    }

    @Test func `every command that the user may not send is named`() throws {
        let server = try RedisServer()
        let connection = try server.connect()
        try connection.call(
            Command(
                "ACL", "SETUSER", "bob", "on", ">secret", "~rq:*", "&*", "+@all", "-xadd",
                "-hincrby", "-subscribe"))
        let url = "unix://bob:secret@\(server.socketPath)"
        let findings = RedisCheck.findings(RedisConfiguration(url: url))
        #expect(findings.map(\.verdict) == [.wrong, .wrong, .wrong])
        let commands = ["HINCRBY: ", "XADD: ", "SUBSCRIBE: "]
        #expect(zip(findings, commands).allSatisfy { $0.message.contains($1) })
        #expect(!findings.contains { $0.message.contains("secret") })
        #expect(try connection.call(Command("DBSIZE")).integer == 0)
    }

    @Test func `keys outside of what the user may touch are a wrong configuration`() throws {
        let server = try RedisServer()
        try server.connect().call(
            Command("ACL", "SETUSER", "bob", "on", ">pw", "~other:*", "&*", "+@all"))
        let url = "unix://bob:pw@\(server.socketPath)"
        #expect(RedisCheck.findings(RedisConfiguration(url: url)).map(\.verdict) == [.wrong])
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

    @Test(arguments: [("4.0.9", 1), ("5.0.0", 0), ("7.2.4", 0), ("unstable", 0), (nil, 0)])
    func `a release before streams is refused`(version: String?, complaints: Int) throws {
        let endpoint = try Endpoint(url: "redis://localhost")
        #expect(RedisCheck.versionFindings(version, endpoint).count == complaints)
    }
}
