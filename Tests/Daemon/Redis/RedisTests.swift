import Glibc
import RedisKit
import TestSupport
import Testing

/// What a daemon does without Redis, and when others meddle with its part of it.
@Suite struct RedisTests {
    @Test func `without Redis it keeps trying, says so and is not ready; then it is`() throws {
        let manager = try NotifySocket()
        var settings = Daemon.Settings()
        settings.workers = 2
        settings.environment["NOTIFY_SOCKET"] = manager.path
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            daemon.server.stop()
            try daemon.start(isAwaited: false)
            try daemon.waitForLog("Redis is unreachable")
            let status = try manager.waitFor("STATUS=0/2 workers; cannot connect")
            try #require(status.contains("redis.sock"))
            try #require(!manager.hasHeard("READY=1"))
            try daemon.server.restart()
            try manager.waitFor("READY=1")
            try manager.waitFor("STATUS=2/2 workers, 0 busy")
            daemon.send(SIGTERM)
            try manager.waitFor("STOPPING=1")
            try #require(try daemon.wait() == .exited(code: 0))
        }
    }

    @Test func `without Redis no worker counts, in rqd status as in what systemd shows`() throws {
        let manager = try NotifySocket()
        var settings = Daemon.Settings()
        settings.workers = 2
        settings.environment["NOTIFY_SOCKET"] = manager.path
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            try daemon.waitFor("finished", of: daemon.enqueue("add", "1, 2"))
            daemon.server.stop()
            let start = "0/2 workers; 1 job ok, 0 failed; cannot connect"
            try eventually("both say so") {
                let line = try daemon.tell("status").output.split(separator: "\n").last ?? ""
                let parts = line.split(separator: "s: ", maxSplits: 1)
                guard parts.count == 2, parts[1].hasPrefix(start) else { return false }
                return manager.hasHeard("STATUS=\(parts[1])")
            }
        }
    }

    @Test func `a daemon that never met Redis stops at once`() throws {
        let daemon = try Daemon(Daemon.Settings(), on: RedisServer())
        try daemon.explain {
            daemon.server.stop()
            try daemon.start(isAwaited: false)
            try daemon.waitForLog("Redis is unreachable")
            daemon.send(SIGTERM)
            try #require(try daemon.wait(within: .seconds(5)) == .exited(code: 0))
        }
    }

    @Test func `an outcome is delivered once Redis is back`() throws {
        try Daemon.run(redis: Self.lasting) { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let worker = try daemon.process("rqd: worker default/0")
            daemon.server.stop()
            try daemon.waitForLog("Redis is unreachable")
            try daemon.release("a")
            try horse.waitForEnd()
            try daemon.server.restart()
            try daemon.waitFor("finished", of: job)
            let value = try daemon.value(of: job)
            try #require(value == "'released'")
            try #require(worker.isAlive)
            try daemon.waitForLog("Redis is back")
        }
    }

    @Test func `a job outlives a restart of Redis`() throws {
        try Daemon.run(redis: Self.lasting) { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            try daemon.server.restart()
            try daemon.waitForLog("Redis is back")
            try #require(horse.isAlive)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
        }
    }

    @Test func `a Redis that hangs is given up, and its outcome delivered when it goes on`() throws
    {
        var settings = Daemon.Settings()
        settings.environment["RQD_REDIS_TIMEOUT"] = "1s"
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            daemon.server.send(SIGSTOP)
            defer { daemon.server.send(SIGCONT) }
            try daemon.waitForLog("no answer to a request")
            try #require(horse.isAlive)
            daemon.server.send(SIGCONT)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a Redis that comes back empty finds its workers registered again`() throws {
        try Daemon.run { daemon in
            try daemon.server.restart()
            try eventually("registered again") { try daemon.keys("rq:worker:*").count == 1 }
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a worker whose hash was deleted registers again`() throws {
        try Daemon.run(pool: "worker_ttl = \"2s\"") { daemon in
            let key = try "rq:worker:\(daemon.workerName())"
            try daemon.redis("DEL", key)
            try eventually("registered again") {
                try daemon.redis("HEXISTS", key, "birth").integer == 1
            }
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a job that another host was given when the lease was over is ended here`() throws {
        try Daemon.run(pool: "heartbeat_interval = \"1s\"") { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            // As its scheduler would: to somebody else's queue.
            try daemon.redis("DEL", "rq:rqd:claims:\(daemon.workerName())")
            try daemon.python(
                """
                job = rq.job.Job.fetch('\(job)', connection=redis)
                Queue('elsewhere', connection=redis).enqueue_job(job)
                """)
            try horse.waitForEnd(within: .seconds(5))
            try daemon.waitForLog("job was handed back by another host")
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            try #require(try daemon.ids(in: "elsewhere") == [job])
        }
    }

    @Test func `a job that comes while the hash is gone is run all the same`() throws {
        try Daemon.run { daemon in
            try daemon.redis("DEL", "rq:worker:\(daemon.workerName())")
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a second daemon with the same names works under others, and says so`() throws {
        let first = try Daemon(Daemon.Settings(), on: RedisServer())
        let second = try Daemon(Daemon.Settings(), on: first.server)
        try first.explain {
            try first.start()
            try second.explain {
                try second.start()
                let line = try second.waitForLog("worker name is taken, another is used")
                let worker = try first.process("rqd: worker default/0")
                try #require(line.contains("process \(worker.pid) on "))
                let names = try first.redis("HKEYS", "rq:rqd:workers").array?.compactMap(\.text)
                try #require(names?.count == 2)
                // Both work: one job each.
                let jobs = [
                    try first.enqueue("hold", "'a'"), try first.enqueue("hold", "'b'"),
                ]
                let directories = [first, second].map(\.directory)
                try eventually("both run") {
                    try jobs.allSatisfy { try first.status(of: $0) == "started" }
                }
                for directory in directories {
                    for name in ["a", "b"] { try directory.write("\(name).go", "") }
                }
                for job in jobs { try first.waitFor("finished", of: job) }
                // Its successor has that name, too, and what it leaves is settled under it.
                let other = try #require(names?.first { !$0.hasSuffix("default.0") })
                let last = try second.enqueue("add", "1, 2")
                try second.waitFor("finished", of: last)
                try second.process("rqd: worker default/0").send(SIGKILL)
                try second.waitForLog("worker died")
                try eventually("there again under its name") {
                    try second.redis("EXISTS", "rq:worker:\(other)").integer == 1
                        && second.log.split(separator: "\n").filter {
                            $0.contains("default/0: listening")
                        }.count == 2
                }
            }
        }
    }

    @Test func `a daemon that was killed has its names again at once, and settles its jobs`() throws
    {
        let daemon = try Daemon(Daemon.Settings(), on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let name = try daemon.workerName()
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            daemon.send(SIGKILL)
            try daemon.wait()
            try daemon.release("a")
            try daemon.start()
            try daemon.waitFor("finished", of: job)
            try #require(try daemon.redis("HKEYS", "rq:rqd:workers").array?.count == 1)
            try #require(try daemon.workerName() == name)
            try #require(!daemon.log.contains("taken"))
        }
    }

    /// Options for a Redis that forgets nothing, even when it is killed.
    private static let lasting = ["--appendonly", "yes", "--appendfsync", "always"]
}
