import Glibc
import RedisKit
import TestSupport
import Testing

/// Daemons whose Redis is not just a socket of this machine.
@Suite struct EndpointTests {
    @Test func `jobs, and what they ask Redis themselves, go over TLS`() throws {
        let certificates = try Certificates()
        let server = try RedisServer(
            password: "s3cret", arguments: ["--tls-auth-clients", "yes"], tls: certificates.pair())
        let ours = try certificates.pair(for: "DNS:worker")
        var settings = Daemon.Settings()
        let port = try #require(server.port)
        settings.environment = [
            "RQD_REDIS_URL": "rediss://:s3cret@localhost:\(port)/0",
            "RQD_REDIS_TLS_CA_FILE": certificates.authority,
            "RQD_REDIS_TLS_CERT_FILE": ours.certificate, "RQD_REDIS_TLS_KEY_FILE": ours.key,
        ]
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("ask_redis", "")
            try daemon.waitFor("finished", of: job)
            let said = try daemon.value(of: job)
            try #require(said == "True")
            try daemon.redis("CLIENT", "KILL", "TYPE", "normal")
            try daemon.waitForLog("Redis is back")
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
        }
    }

    @Test func `after a failover in the middle of a job, its outcome is on the new master once`()
        throws
    {
        let master = try RedisServer(tcp: true)
        let port = try #require(master.port)
        let replica = try RedisServer(
            arguments: ["--replicaof", "127.0.0.1", "\(port)", "--repl-diskless-sync-delay", "0"],
            tcp: true)
        let sentinel = try SentinelServer(of: master, replicas: 1)
        var settings = Daemon.Settings()
        settings.environment = [
            "RQD_REDIS_SENTINELS": "127.0.0.1:\(sentinel.port)",
            "RQD_REDIS_SENTINEL_MASTER": SentinelServer.master,
        ]
        let daemon = try Daemon(settings, on: master)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            try eventually("the replica knows that the job runs") {
                try replica.connect().call(Command("HGET", "rq:job:\(job)", "status")).text
                    == "started"
            }
            master.stop()
            try daemon.waitForLog("Redis is unreachable")
            try #require(horse.isAlive)
            try daemon.release("a")
            try daemon.waitForLog("Redis is back")
            let redis = try replica.connect()
            try eventually("the outcome is there") {
                try redis.call(Command("HGET", "rq:job:\(job)", "status")).text == "finished"
            }
            let results = try redis.call(Command("XLEN", "rq:results:\(job)")).integer
            try #require(results == 1)
            // redis-py trusts a master only when its Sentinel finds nothing wrong with it.
            try sentinel.waitFor(master: replica)
            let next = try PythonConsole.of(.rq3_0).run(
                "print(Queue('default', connection=redis).enqueue('app.tasks.ask_redis').id)",
                redis: replica.url)
            try eventually("a job of the new master is done, and has asked it itself") {
                try redis.call(Command("HGET", "rq:job:\(next)", "status")).text == "finished"
            }
        }
    }

    @Test func `a password in a credential is used, renewed, and seen by nobody`() throws {
        let server = try RedisServer(password: "first-secret")
        let credentials = try TemporaryDirectory()
        try credentials.write("redis-password", "first-secret\n", mode: 0o600)
        var settings = Daemon.Settings()
        settings.environment = [
            "RQD_REDIS_URL": "unix://\(server.socketPath)",
            "RQD_REDIS_PASSWORD_FILE": "redis-password",
            "CREDENTIALS_DIRECTORY": credentials.path,
        ]
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("ask_redis", "")
            try daemon.waitFor("finished", of: job)
            let names = try daemon.enqueue("variables", "'RQD_REDIS_'")
            try daemon.waitFor("finished", of: names)
            let seen = try daemon.value(of: names)
            try #require(seen == "[]")

            let redis = try server.connect()
            try redis.call(Command("CONFIG", "SET", "requirepass", "second-secret"))
            try redis.call(Command("CLIENT", "KILL", "TYPE", "normal"))
            try daemon.waitForLog("Redis refuses to work")
            try credentials.write("redis-password", "second-secret", mode: 0o600)
            try daemon.waitForLog("Redis is back")
            for process in daemon.family {
                let line = String(
                    decoding: try readFile("/proc/\(process.pid)/cmdline"), as: UTF8.self)
                try #require(!line.contains("-secret"))
            }
            try #require(!daemon.log.contains("-secret"))
        }
    }

    @Test func `the least rights of the manual are enough for jobs of all kinds`() throws {
        let server = try RedisServer()
        let redis = try server.connect()
        try redis.call(try Self.documentedUser(password: "pw"))
        var settings = Daemon.Settings()
        settings.pool = "heartbeat_interval = \"1s\""
        settings.environment = ["RQD_REDIS_URL": "unix://rqd:pw@\(server.socketPath)"]
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start()
            let held = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            try daemon.python("rq.command.send_stop_job_command(redis, '\(held)')")
            try daemon.waitFor("stopped", of: held)
            try horse.waitForEnd()
            let good = try daemon.enqueue("add", "1, 2, result_ttl=-1")
            let bad = try daemon.enqueue("add", "1, None, retry=Retry(max=1)")
            let late = try daemon.python(
                """
                from datetime import timedelta
                queue = Queue('default', connection=redis)
                parent = queue.enqueue('app.tasks.add', 3, 4, result_ttl=0)
                print(queue.enqueue('app.tasks.add', 5, 6, depends_on=parent).id)
                print(queue.enqueue_in(timedelta(seconds=1), 'app.tasks.add', 7, 8).id)
                print(queue.enqueue('app.tasks.add', 1, None, retry=Retry(max=1, interval=1)).id)
                """
            ).split(separator: "\n").map(String.init)
            try daemon.waitFor("finished", of: good)
            try daemon.waitFor("failed", of: bad)
            try daemon.waitFor("finished", of: late[0])
            try daemon.waitFor("finished", of: late[1])
            try daemon.waitFor("failed", of: late[2])
            try #require(!daemon.log.contains("refuse"))
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            let denied = try redis.call(Command("ACL", "LOG")).array ?? []
            try #require(denied.isEmpty, "denied: \(denied)")
        }
    }

    /// The command of the manual that makes the user.
    private static func documentedUser(password: String) throws -> Command {
        let manual = String(
            decoding: try readFile("\(PackageRoot.path)/docs/REDIS.md"), as: UTF8.self)
        let block = try #require(manual.firstRange(of: "ACL SETUSER rqd"))
        let text = manual[block.lowerBound...]
        let end = try #require(text.firstRange(of: "\n```"))
        let words = text[..<end.lowerBound].split { $0 == " " || $0 == "\n" || $0 == "\\" }
        var command = Command("ACL")
        let hasChannels = try RedisProgram.isAtLeast(6, 2)
        for word in words.dropFirst() {
            if !hasChannels, word == "resetchannels" || word.hasPrefix("&") { continue }
            command.append(.text(word == ">PASSWORD" ? ">\(password)" : String(word)))
        }
        return command
    }
}
