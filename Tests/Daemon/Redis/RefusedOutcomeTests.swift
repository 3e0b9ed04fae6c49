import RedisKit
import TestSupport
import Testing

/// Outcomes that Redis does not take, and claims that it does not allow.
@Suite struct RefusedOutcomeTests {
    @Test func `a result that is too large for Redis fails its job, which runs once`() throws {
        try Daemon.run { daemon in
            try daemon.redis("CONFIG", "SET", "proto-max-bulk-len", "1048576")
            let job = try daemon.enqueue("add", "'a' * 2000000, 'b'")
            try daemon.waitFor("failed", of: job)
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            let results = try daemon.redis("XLEN", "rq:results:\(job)").integer
            try #require(results == 1)
            let runs = daemon.log.split(separator: "\n").filter {
                $0.contains("job started") && $0.contains(job)
            }
            try #require(runs.count == 1)
            try #require(!daemon.log.contains("before it started"))
            let line = try daemon.waitForLog("The function returned")
            try #require(line.contains("job failed"))
        }
    }

    @Test func `a claim that is refused for good is tried on the same connection`() throws {
        try Daemon.run { daemon in
            let redis = try daemon.server.connect()
            func connections() throws -> Int? {
                let facts = try redis.call(Command("INFO", "stats")).text ?? ""
                let line = facts.split(whereSeparator: \.isNewline)
                    .first { $0.hasPrefix("total_connections_received:") }
                return line.flatMap { Int($0.dropFirst("total_connections_received:".count)) }
            }
            func denied() throws -> Int {
                let entries = try redis.call(Command("ACL", "LOG")).array ?? []
                return entries.compactMap { $0.array?[1].integer }.reduce(0, +)
            }
            let before = try connections()
            try redis.call(Command("ACL", "SETUSER", "default", "-evalsha", "-eval"))
            let job = try daemon.enqueue("add", "1, 2")
            try eventually("it was tried some times") { try denied() >= 4 }
            let after = try connections()
            try redis.call(Command("ACL", "SETUSER", "default", "+@all"))
            try daemon.waitFor("finished", of: job)
            // Whoever put the job there has connected, and perhaps the scheduler.
            try #require((after ?? 0) - (before ?? 0) <= 3)
            let line = try daemon.waitForLog("Redis refuses to work")
            try #require(line.contains("ACL SETUSER default +eval"))
        }
    }

    @Test func `a right that is missing loses no result, and is shown with the rule that helps`()
        throws
    {
        let manager = try NotifySocket()
        var settings = Daemon.Settings()
        settings.environment["NOTIFY_SOCKET"] = manager.path
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let redis = try daemon.server.connect()
            try redis.call(Command("ACL", "SETUSER", "default", "-xadd"))
            let job = try daemon.enqueue("add", "1, 2")
            let line = try daemon.waitForLog("Redis refuses to work")
            let reason = "NOPERM XADD rq:results:\(job) is not allowed; ACL SETUSER default +xadd"
            try #require(line.contains(reason), "\(line)")
            try manager.waitFor("STATUS=1/1 workers, 1 busy; 0 jobs ok, 0 failed; \(reason)")
            try #require(try daemon.tell("status").output.contains(reason))
            try redis.call(Command("ACL", "SETUSER", "default", "+xadd"))
            try daemon.waitFor("finished", of: job)
            try #require(try daemon.value(of: job) == "3")
        }
    }
}
