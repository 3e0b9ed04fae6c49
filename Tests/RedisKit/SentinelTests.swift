import RedisKit
import TestSupport
import Testing

/// Masters that real Sentinels watch.
@Suite struct SentinelTests {
    private func failure(_ url: String) -> String {
        do {
            _ = try Connection(to: Endpoint(url: url), timeout: .seconds(2))
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `the master is found, though another Sentinel is down`() throws {
        let master = try RedisServer(password: "pw", tcp: true)
        let down = try SentinelServer(of: master)
        let sentinel = try SentinelServer(of: master)
        down.stop()
        let members = "127.0.0.1:\(down.port),127.0.0.1:\(sentinel.port)"
        let connection = try Connection(
            to: Endpoint(url: "sentinel://:pw@\(members)/\(SentinelServer.master)/2"))
        let port = try #require(master.port)
        #expect(connection.endpoint.description == "redis://127.0.0.1:\(port)/2")
        try connection.call(Command("SET", "k", "v"))
        #expect(try master.connect(database: 2).call(Command("GET", "k")).text == "v")
    }

    @Test func `each Sentinel that does not help is named with its reason`() throws {
        let master = try RedisServer(tcp: true)
        let down = try SentinelServer(of: master)
        let locked = try SentinelServer(of: master, password: "pw")
        let sentinel = try SentinelServer(of: master)
        down.stop()
        let ports = [down, locked, sentinel].map(\.port)
        let members = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
        #expect(
            failure("sentinel://\(members)/other") == """
                cannot connect to sentinel://\(members)/other: \
                127.0.0.1:\(ports[0]): Connection refused (111); \
                127.0.0.1:\(ports[1]): NOAUTH Authentication required.; \
                127.0.0.1:\(ports[2]): it watches no master named other
                """)
        let locks = "sentinel://127.0.0.1:\(locked.port)/\(SentinelServer.master)?sentinel_password"
        #expect(failure("\(locks)=pw") == "none")
        #expect(failure("\(locks)=wrong").contains("WRONGPASS"))
    }
}
