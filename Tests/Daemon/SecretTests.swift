import Glibc
import TestSupport
import Testing

/// Who gets to see the password of Redis.
@Suite struct SecretTests {
    private static let password = "open-sesame-7"

    @Test(arguments: ["", "worker_class = \"rq.worker.SpawnWorker\""])
    func `no log, no arguments and no environment hold the password`(pool: String) throws {
        let server = try RedisServer(password: Self.password)
        var settings = Daemon.Settings()
        settings.workers = 2
        settings.pool = pool
        settings.environment = ["RQD_REDIS_URL": server.url]
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let bad = try daemon.enqueue("add", "1, None")
            try daemon.waitFor("failed", of: bad)
            let asking = try daemon.enqueue("ask_redis", "")
            try daemon.waitFor("finished", of: asking)
            try daemon.enqueue("hold_with_child", "'a'")
            _ = try daemon.process(from: "a.pid")
            let processes = daemon.family.map(\.pid) + [daemon.pid]
            try #require(processes.count >= 6, "\(daemon.family)")
            for pid in processes {
                for file in ["cmdline", "environ"] {
                    // One that has ended meanwhile shows nothing any more.
                    let bytes = (try? readFile("/proc/\(pid)/\(file)")) ?? []
                    let text = String(decoding: bytes, as: UTF8.self)
                    try #require(!text.contains(Self.password), "\(file) of \(pid): \(text)")
                }
            }
            let status = try daemon.ask("status", "--json")
            try daemon.release("a")
            daemon.send(SIGTERM)
            try daemon.wait()
            for text in [daemon.log, status.output, status.errorOutput] {
                try #require(!text.contains(Self.password))
            }
        }
    }
}
