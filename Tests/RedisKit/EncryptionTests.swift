import RedisKit
import TestSupport
import Testing

/// Connections over TLS to a real server, and those that must not come about.
@Suite struct EncryptionTests {
    let certificates: Certificates

    init() throws { certificates = try Certificates() }

    private func failure(_ url: String) -> String {
        do {
            let connection = try Connection(to: Endpoint(url: url), timeout: .seconds(2))
            try connection.call(Command("PING"))
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `commands and replies of any size go through`() throws {
        let server = try RedisServer(password: "pw", tls: certificates.pair())
        let connection = try Connection(to: Endpoint(url: server.tcpURL()), name: "me")
        let large = [UInt8](repeating: 7, count: 3_000_000)
        try connection.call(Command("SET", "k", .bytes(large)))
        let answer = try connection.call(Command("GET", "k")).text
        #expect(answer.map { Array($0.utf8) } == large)
        let replies = try connection.pipeline((0..<1000).map { Command("ECHO", .integer($0)) })
        #expect(replies.map(\.text) == (0..<1000).map { "\($0)" })
    }

    @Test func `a server of an unknown authority is refused`() throws {
        let server = try RedisServer(tls: certificates.pair())
        let port = try #require(server.port)
        let reason = failure("rediss://127.0.0.1:\(port)")
        #expect(reason.contains("cannot connect to rediss://127.0.0.1:\(port): "))
        #expect(reason.contains("of an unknown authority"))
        #expect(reason.contains("tls_ca_file"))
        #expect(failure("rediss://127.0.0.1:\(port)?ssl_cert_reqs=none") == "none")
    }

    @Test func `a certificate for another host is refused unless the host does not count`() throws {
        let server = try RedisServer(tls: certificates.pair(for: "DNS:elsewhere"))
        let port = try #require(server.port)
        let authority = "ssl_ca_certs=\(certificates.authority)"
        #expect(
            failure("rediss://127.0.0.1:\(port)?\(authority)")
                .hasSuffix("the server's certificate is not for 127.0.0.1"))
        #expect(
            failure("rediss://localhost:\(port)?\(authority)")
                .hasSuffix("the server's certificate is not for localhost"))
        #expect(
            failure("rediss://localhost:\(port)?\(authority)&ssl_check_hostname=false") == "none")
    }

    @Test func `an expired certificate is refused`() throws {
        let server = try RedisServer(tls: certificates.pair(days: -1))
        #expect(
            failure(try server.tcpURL())
                .hasSuffix("the server's certificate is not valid now: certificate has expired"))
    }

    @Test func `a server that wants a certificate of ours gets it`() throws {
        let server = try RedisServer(
            arguments: ["--tls-auth-clients", "yes"], tls: certificates.pair())
        let url = try server.tcpURL()
        #expect(failure(url).contains("it may want a certificate of ours"))
        let ours = try certificates.pair(for: "DNS:worker")
        #expect(
            failure(url + "&ssl_certfile=\(ours.certificate)&ssl_keyfile=\(ours.key)") == "none")
        let strangers = try Certificates()
        let strange = try strangers.pair(for: "DNS:worker")
        #expect(
            failure(url + "&ssl_certfile=\(strange.certificate)&ssl_keyfile=\(strange.key)")
                .contains("the server refuses our certificate"))
    }

    @Test func `TLS to a port without it is told apart from a dead server`() throws {
        let server = try RedisServer(tcp: true)
        let port = try #require(server.port)
        let reason = failure("rediss://127.0.0.1:\(port)")
        #expect(reason.contains("TLS"))
        #expect(reason.contains("port"))
    }

    @Test func `plain words to a TLS port are told apart from a dead server`() throws {
        let server = try RedisServer(tls: certificates.pair())
        let port = try #require(server.port)
        // The server may say so, or just leave.
        let reason = failure("redis://127.0.0.1:\(port)")
        #expect(reason.hasPrefix("cannot connect to redis://127.0.0.1:\(port): the server "))
        #expect(
            reason.hasSuffix("TLS on this port; write rediss://")
                || reason.hasSuffix("TLS on this port, write rediss://"))
    }

    @Test(arguments: ["ssl_ca_certs", "ssl_certfile"])
    func `a file that cannot be used is named`(option: String) throws {
        let server = try RedisServer(tls: certificates.pair())
        let port = try #require(server.port)
        let missing = failure("rediss://127.0.0.1:\(port)?\(option)=/nowhere.pem")
        #expect(missing.contains("file /nowhere.pem: No such file or directory"))
        let wrong = failure("rediss://127.0.0.1:\(port)?\(option)=/etc/passwd")
        #expect(wrong.contains("file /etc/passwd cannot be used: "))
    }

    @Test func `a server that is killed ends the connection as without TLS`() throws {
        let server = try RedisServer(tls: certificates.pair())
        let connection = try Connection(to: Endpoint(url: server.tcpURL()))
        server.stop()
        #expect(throws: RedisError.closed) { try connection.call(Command("PING")) }
    }
}
