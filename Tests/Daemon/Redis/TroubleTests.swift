import Glibc
import RedisKit
import TestSupport
import Testing

/// A Redis that is there and does not do what it is asked to.
///
/// A job runs on meanwhile; what became of it is recorded once, afterwards.
@Suite struct TroubleTests {
    /// Something that can befall a server, and how it ends.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let code: String
        let begin: [[String]]
        let end: [[String]]

        var testDescription: String { code }
    }

    private static let noWrites = [["CONFIG", "SET", "stop-writes-on-bgsave-error", "no"]]

    /// Before Redis 6.2, replicas that are missing did not keep scripts from writing.
    private static var noReplicas: [Trouble] {
        get throws {
            guard try RedisProgram.isAtLeast(6, 2) else { return [] }
            return [
                Trouble(
                    code: "NOREPLICAS", begin: [["CONFIG", "SET", "min-replicas-to-write", "1"]],
                    end: [["CONFIG", "SET", "min-replicas-to-write", "0"]])
            ]
        }
    }

    static let troubles = [
        Trouble(
            code: "READONLY", begin: [["REPLICAOF", "127.0.0.1", "1"]],
            end: [["REPLICAOF", "NO", "ONE"]]),
        Trouble(
            code: "OOM", begin: [["CONFIG", "SET", "maxmemory", "1"]],
            end: [["CONFIG", "SET", "maxmemory", "0"]]),
        // A dump cannot take the place of a directory.
        Trouble(
            code: "MISCONF",
            begin: [
                ["CONFIG", "SET", "save", "3600 1"], ["BGSAVE"],
            ], end: noWrites),
        Trouble(
            code: "NOAUTH",
            begin: [
                ["CONFIG", "SET", "requirepass", "new"], ["CLIENT", "KILL", "TYPE", "normal"],
            ], end: [["CONFIG", "SET", "requirepass", ""]]),
        Trouble(
            code: "NOPERM",
            begin: [["ACL", "SETUSER", "default", "-evalsha", "-eval"]],
            end: [["ACL", "SETUSER", "default", "+@all"]]),
        Trouble(
            code: "max number of clients",
            begin: [
                ["CONFIG", "SET", "maxclients", "1"], ["CLIENT", "KILL", "TYPE", "normal"],
                ["CLIENT", "KILL", "TYPE", "pubsub"],
            ], end: [["CONFIG", "SET", "maxclients", "100"]]),
    ]

    @Test(arguments: try troubles + noReplicas)
    func `a server that refuses is told of once, and gets the outcome when it obliges`(
        trouble: Trouble
    ) throws {
        var settings = Daemon.Settings()
        settings.workers = 3
        settings.pool = "heartbeat_interval = \"1s\""
        let server = try RedisServer(arguments: ["--dbfilename", "taken"])
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let workers = daemon.processes("rqd: worker")
            let redis = try daemon.server.connect()
            try daemon.server.makeDirectory("taken")
            for command in trouble.begin { try redis.call(Self.command(command)) }
            if trouble.code == "MISCONF" {
                try eventually("the dump has failed") {
                    let facts = try redis.call(Command("INFO", "persistence")).text ?? ""
                    return facts.contains("rdb_last_bgsave_status:err")
                }
            }
            try #require(horse.isAlive)
            try daemon.release("a")
            let line = try daemon.waitForLog("Redis refuses to work")
            try #require(line.contains(trouble.code))
            for command in trouble.end { try redis.call(Self.command(command)) }
            try daemon.waitFor("finished", of: job)
            try daemon.waitForLog("Redis is back")
            let results = try daemon.redis("XLEN", "rq:results:\(job)").integer
            try #require(results == 1)
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            let areAlive = workers.allSatisfy { $0.isAlive }
            try #require(areAlive)
            try #require(daemon.log.lines(with: "Redis refuses to work") == 1)
        }
    }

    @Test func `a script that keeps the server busy delays outcomes and loses none`() throws {
        try Daemon.run(redis: ["--lua-time-limit", "50"]) { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let busy = try daemon.server.connect()
            busy.send(Command("EVAL", "while true do end", 0))
            try busy.flush()
            try daemon.release("a")
            let line = try daemon.waitForLog("Redis refuses to work")
            try #require(line.contains("BUSY"))
            try daemon.redis("SCRIPT", "KILL")
            // Redis says OK first and ends the script then, which its sender hears.
            var end: String?
            try busy.receive(within: .seconds(5)) { end = $0.error?.description }
            try #require(end?.contains("killed") == true, "\(end ?? "nothing")")
            try daemon.waitFor("finished", of: job)
            let results = try daemon.redis("XLEN", "rq:results:\(job)").integer
            try #require(results == 1)
        }
    }

    @Test func `a server that is slow, but not too slow, is waited for`() throws {
        var settings = Daemon.Settings()
        settings.environment["RQD_REDIS_TIMEOUT"] = "3s"
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            // Every command waits, and then all are answered.
            try daemon.redis("CLIENT", "PAUSE", "2000")
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            try #require(!daemon.log.contains("Redis is"))
        }
    }

    @Test func `an idle worker whose claim is refused takes the job when the server obliges`()
        throws
    {
        try Daemon.run { daemon in
            let redis = try daemon.server.connect()
            try redis.call(Command("ACL", "SETUSER", "default", "-evalsha", "-eval"))
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitForLog("Redis refuses to work")
            try #require(try daemon.status(of: job) == "queued")
            try redis.call(Command("ACL", "SETUSER", "default", "+@all"))
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `scripts that the server has forgotten are sent again`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            try daemon.redis("SCRIPT", "FLUSH")
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try daemon.redis("SCRIPT", "FLUSH")
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            try #require(!daemon.log.contains("Redis is"))
        }
    }

    @Test func `connections that are killed under a job are made again`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            for (count, kind) in [(1, "normal"), (2, "pubsub")] {
                try daemon.redis("CLIENT", "KILL", "TYPE", kind)
                try eventually("both connections are there again") {
                    daemon.log.lines(with: "Redis is back") == count
                }
            }
            try #require(horse.isAlive)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            let results = try daemon.redis("XLEN", "rq:results:\(job)").integer
            try #require(results == 1)
        }
    }

    @Test func `a server that loads its data is waited for`() throws {
        let manager = try NotifySocket()
        // It answers once in two megabytes, which are a quarter of a second here.
        let server = try RedisServer(arguments: [
            "--key-load-delay", "6000", "--rdbcompression", "no",
        ])
        var settings = Daemon.Settings()
        settings.environment["NOTIFY_SOCKET"] = manager.path
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let filling = (0..<300).map {
                Command("SET", .text("k\($0)"), .bytes([UInt8](repeating: 65, count: 50_000)))
            }
            _ = try server.connect().pipeline(filling)
            try server.connect().call(Command("SAVE"))
            try server.restart()
            try daemon.waitForLog("LOADING")
            try manager.waitFor("STATUS=1/1 workers, 1 busy; 0 jobs ok, 0 failed; LOADING")
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try daemon.waitForLog("Redis is back")
        }
    }

    @Test func `a server that cannot tell of pushes is asked again and again`() throws {
        let server = try RedisServer()
        try server.connect().call(
            Command(
                "ACL", "SETUSER", "default", "-client", "+client|id", "+client|info",
                "+client|setname"))
        var settings = Daemon.Settings()
        settings.workers = 2
        let daemon = try Daemon(settings, on: server)
        try daemon.explain {
            try daemon.start()
            try daemon.waitForLog("Redis cannot tell of new jobs")
            for number in 0..<3 {
                let job = try daemon.enqueue("add", "1, \(number)")
                try daemon.waitFor("finished", of: job)
            }
            try #require(daemon.log.lines(with: "Redis cannot tell of new jobs") == 1)
        }
    }

    @Test func `a queue that is no list is passed over, and the others are served`() throws {
        try Daemon.run(queues: ["broken", "default"]) { daemon in
            try daemon.redis("SET", "rq:queue:broken", "x")
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    private static func command(_ words: [String]) -> Command {
        Command(words[0], arguments: words.dropFirst().map { .text($0) })
    }
}

extension String {
    /// How many lines contain a text.
    fileprivate func lines(with text: String) -> Int {
        split(separator: "\n").filter { $0.contains(text) }.count
    }
}
