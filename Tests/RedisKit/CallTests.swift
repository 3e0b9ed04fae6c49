import RedisKit
import Testing
import TestSupport

/// Blocking calls against a real server.
@Suite struct CallTests {
    @Test func `what was set is read back`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        #expect(try redis.call(Command("SET", "k", "v\r\n\u{e9}")) == .status("OK"))
        #expect(try redis.call(Command("GET", "k")).text == "v\r\n\u{e9}")
    }
}
