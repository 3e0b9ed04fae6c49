import Glibc
import RedisKit
import TestSupport
import Testing

/// Getting connected to a real server, or not.
@Suite struct HandshakeTests {
    @Test func `the right password opens, over both kinds of socket`() throws {
        let server = try RedisServer(password: "p@ss w\u{f6}rd", tcp: true)
        let port = try #require(server.port)
        let unix = Endpoint(address: .unix(path: server.socketPath), password: server.password)
        let tcp = Endpoint(address: .tcp(host: "127.0.0.1", port: port), password: server.password)
        for endpoint in [unix, tcp] {
            let redis = try Connection(to: endpoint)
            #expect(try redis.call(Command("PING")) == .status("PONG"))
        }
    }

    @Test func `a wrong password is the server's error and is not repeated`() throws {
        let server = try RedisServer(password: "right")
        let endpoint = try Endpoint(url: "unix://:wr0ng@\(server.socketPath)")
        let error = #expect(throws: RedisError.self) { try Connection(to: endpoint) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("redis answered: WRONGPASS invalid username-password pair"))
        #expect(!text.contains("wr0ng"))
    }

    @Test func `without the password commands are refused, not the connection`() throws {
        let server = try RedisServer(password: "right")
        let redis = try Connection(to: Endpoint(address: .unix(path: server.socketPath)))
        let error = #expect(throws: RedisError.self) { try redis.call(Command("PING")) }
        #expect(error == .server(ServerError(message: "NOAUTH Authentication required.")))
        #expect(!redis.isClosed)
    }

    @Test func `an ACL user has that user's rights`() throws {
        let server = try RedisServer()
        let admin = try server.connect()
        try admin.call(
            Command("ACL", "SETUSER", "worker", "on", ">pw", "~rq:*", "+get", "+client|setname"))
        let endpoint = try Endpoint(url: "unix://worker:pw@\(server.socketPath)")
        let redis = try Connection(to: endpoint, name: "w")
        #expect(try redis.call(Command("GET", "rq:a")) == .null)
        let error = #expect(throws: RedisError.self) { try redis.call(Command("SET", "rq:a", "1")) }
        guard case .server(let refusal) = error else {
            Issue.record("not the server's error: \(String(describing: error))")
            return
        }
        #expect(refusal.code == "NOPERM")
    }

    @Test func `database and name are set before the first command`() throws {
        let server = try RedisServer()
        let redis = try server.connect(database: 5, name: "rqd:web/0")
        let list = try redis.call(Command("CLIENT", "LIST")).text ?? ""
        #expect(list.contains(" name=rqd:web/0 "))
        #expect(list.contains(" db=5 "))
        try redis.call(Command("SET", "k", "v"))
        #expect(try server.connect().call(Command("GET", "k")) == .null)
    }

    @Test func `a database that is not there is an error`() throws {
        let server = try RedisServer()
        let expected = RedisError.server(ServerError(message: "ERR DB index is out of range"))
        #expect(throws: expected) { try server.connect(database: 4000) }
    }

    @Test func `a socket that is not there is named with the reason`() throws {
        let endpoint = try Endpoint(url: "unix://:pw@/nowhere/redis.sock")
        let error = #expect(throws: RedisError.self) { try Connection(to: endpoint) }
        let text = "cannot connect to unix:///nowhere/redis.sock: No such file or directory (2)"
        #expect(error?.description == text)
    }

    @Test func `a path too long for a socket is named with the reason`() throws {
        let path = "/" + String(repeating: "a", count: 108)
        let expected = RedisError.connecting(
            to: "unix://\(path)", reason: "the path is longer than 107 bytes")
        #expect(throws: expected) {
            try Connection(to: Endpoint(address: .unix(path: path)))
        }
    }

    @Test func `a port where nobody listens is named and leaves nothing open`() throws {
        let server = try RedisServer(tcp: true)
        let url = try server.tcpURL()
        server.stop()
        let endpoint = try Endpoint(url: url)
        let expected = RedisError.connecting(to: url, reason: "Connection refused (111)")
        var numbers: Set<Int32> = []
        for _ in 0..<50 {
            #expect(throws: expected) { try Connection(to: endpoint) }
            let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
            numbers.insert(probe)
            close(probe)
        }
        // Other tests open and close descriptors meanwhile; a leak would need one for each try.
        #expect(numbers.count < 50)
    }

    @Test func `a host that does not exist is named with the reason`() throws {
        let endpoint = try Endpoint(url: "redis://no-such-host.invalid")
        let error = #expect(throws: RedisError.self) { try Connection(to: endpoint) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("cannot connect to redis://no-such-host.invalid:6379: "))
    }

    @Test func `a server that never answers the handshake is given up`() throws {
        let fake = try FakeServer(database: 1)
        let limit = Duration.milliseconds(50)
        let expected = RedisError.connecting(
            to: fake.endpoint.description, reason: "no answer within \(limit)")
        #expect(throws: expected) { try Connection(to: fake.endpoint, timeout: limit) }
    }

    @Test func `a host that takes no connection is given up`() throws {
        // One connection fills the queue of a listener that nobody asks; further ones hang.
        let listener = try FullListener()
        defer { listener.close() }
        let limit = Duration.milliseconds(50)
        let endpoint = Endpoint(address: .tcp(host: "127.0.0.1", port: listener.port))
        let redis = try Connection(startingTo: endpoint, name: nil)
        redis.send(Command("PING"))
        try redis.flush()
        #expect(redis.wantsWrite)
        #expect(!redis.isReady)
        #expect(try redis.replies() == [])
        let expected = RedisError.connecting(
            to: endpoint.description, reason: "no answer within \(limit)")
        #expect(throws: expected) { try Connection(to: endpoint, timeout: limit) }
    }

    @Test func `a server that goes away during the handshake is no refusal`() throws {
        let fake = try FakeServer(database: 1)
        let redis = try Connection(startingTo: fake.endpoint, name: nil)
        try redis.flush()
        try fake.accept()
        fake.hangUp()
        let reason = "the server closed the connection before it had answered"
        let expected = RedisError.connecting(to: fake.endpoint.description, reason: reason)
        #expect(throws: expected) { try redis.replies() }
        #expect(throws: RedisError.closed) { try redis.replies() }
    }

    @Test func `a descriptor does not pass to other programs and does not block`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        let descriptor = redis.descriptor
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
    }
}
