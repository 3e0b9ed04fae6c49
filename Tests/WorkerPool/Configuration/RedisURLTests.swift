import Testing

@testable import WorkerPool

@Suite struct RedisURLTests {
    @Test(arguments: [
        "redis://127.0.0.1:6379/0", "redis://anna:secret@db.example/2",
        "unix:///run/redis/redis.sock?db=2", "redis://[::1]:6380",
    ])
    func `a server's address is taken as it is`(url: String) throws {
        let loaded = try Sample.load("[redis]\nurl = \"\(url)\"")
        #expect(loaded.configuration.redis.url == url)
    }

    @Test(arguments: [
        "", "localhost", "http://:hunter2@h", "redis:/:hunter2@h", "redis://:hunter2@h:99999",
        "redis://:hunter2/x@h/0", "redis://:x/hunter2@h/0", "unix://:hunter2@host/path",
        "rediss://:hunter2@h?ssl_ciphers=x",
        "redis://:hunter2@h/0?password=hunter2&colour=red",
    ])
    func `nonsense is refused without repeating a password`(url: String) {
        let complaints = Sample.complaints("[redis]\nurl = \"\(url)\"")
        #expect(complaints.count == 1)
        #expect(complaints[0].hasPrefix("/etc/rqd.conf:2:7: redis.url "))
        #expect(!complaints[0].contains("hunter2"))
    }
}
