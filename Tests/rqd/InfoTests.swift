import Glibc
import RedisKit
import TestSupport
import Testing

struct InfoTests {
    private static func busy() throws -> QueueCommandBench {
        let bench = try QueueCommandBench()
        try bench.fill("default", count: 7)
        try bench.fill("a-rather-long-name", count: 130)
        try bench.fill("none", count: 0)
        try bench.register("w1", on: ["default", "none"], state: "busy")
        _ = try bench.ask("ZADD", "rq:failed:default", "-1", "x", "9999999999", "y", "5", "z")
        _ = try bench.ask("ZADD", "rq:finished:default", "+inf", "u", "5", "v")
        _ = try bench.ask(
            "ZADD", "rq:wip:default", "9999999999", "j:\(String(repeating: "a", count: 32))")
        return bench
    }

    @Test(arguments: [
        [], ["-r"], ["-Q"], ["-W"], ["-Q", "-r"], ["-W", "-r"], ["-W", "-R"], ["-R"],
        ["--only-queues", "--only-workers"], ["default"], ["none", "default", "-R"], ["absent"],
        ["--raw", "default"], ["-W", "absent"],
    ])
    func `it shows what rq shows`(options: [String]) throws {
        let bench = try Self.busy()
        // One worker, and the queues in an order of ours: rq's own order is by chance.
        let names = ["default", "a-rather-long-name", "none"]
        let hasNames = options.contains { !$0.hasPrefix("-") }
        let arguments = ["info"] + options + (hasNames ? [] : names)
        let ours = try Program.run(arguments + ["--url", bench.server.url])
        // rq cleans up first, and by that changes what is there.
        let theirs = try bench.rq(arguments)
        #expect(ours.ending == .exited(code: 0))
        #expect(Self.lines(ours.output) == Self.lines(theirs.output))
    }

    private static func lines(_ output: String) -> [String] {
        output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("Updated: 2") ? "Updated, \(line.count) characters" : String(line)
        }
    }

    @Test func `without names all queues and all workers are shown`() throws {
        let bench = try Self.busy()
        try bench.register("w0", on: ["elsewhere"], state: "idle")
        let output = try bench.rqd("info").output
        #expect(output.contains("3 queues, 137 jobs total\n"))
        #expect(
            output.contains("w0 (h 127.0.0.1:5 7): idle elsewhere. jobs: 3 finished, 1 failed\n"))
        #expect(output.contains("2 workers, 3 queues\n"))
    }

    @Test func `it changes nothing`() throws {
        let bench = try Self.busy()
        _ = try bench.ask("SADD", "rq:workers", "rq:worker:dead")
        let before = try bench.ask("DEBUG", "DIGEST")
        #expect(try bench.rqd("info").output.contains("1 workers, 3 queues"))
        #expect(try bench.ask("DEBUG", "DIGEST") == before)
    }

    @Test func `it is told to programs as JSON`() throws {
        let bench = try Self.busy()
        _ = try bench.ask("SET", "rq:suspended", "1")
        let code = """
            import json, sys
            d = json.loads(sys.argv[1])
            q = [q for q in d['queues'] if q['name'] == 'default'][0]
            w = d['workers'][0]
            print(d['suspended'], len(d['queues']), q['count'], q['executing'], q['finished'],
                q['failed'], w['name'], w['pid'], w['state'], w['queues'], w['current_job'],
                w['total_working_time'], w['last_heartbeat'])
            """
        let json = try bench.rqd("info", "--json").output
        let output = try PythonEnvironment(.rq3_0).run(script: code, arguments: [json])
        #expect(
            output == """
                True 3 7 1 1 2 w1 7 busy ['default', 'none'] None 1.5 2026-11-23T08:46:39.836231Z

                """)
        #expect(json.split(separator: "\n").count == 1)
        #expect(try !bench.rqd("info", "--json", "-Q").output.contains("\"workers\""))
    }

    @Test func `with an interval it is shown again until it is interrupted`() throws {
        let bench = try Self.busy()
        let child = try Program.start("info", "-Q", "-r", "-i", "0.05", "--url", bench.server.url)
        try child.waitForLine(containing: "queue default 7,")
        try bench.fill("default", count: 1)
        try child.waitForLine(containing: "queue default 8,")
        child.send(SIGINT)
        #expect(try child.wait() == .exited(code: 0))
        #expect(child.errorOutput == "")
    }

    @Test func `names from Redis cannot move the cursor`() throws {
        let bench = try QueueCommandBench()
        try bench.fill("a\u{1b}[2J", count: 1)
        #expect(try bench.rqd("info", "-r").output.contains("queue a\\x1b[2J 1,"))
    }

    @Test(arguments: [
        ["info"], ["enqueue", "app.f"], ["suspend"], ["resume"], ["requeue", "-q", "q", "x"],
        ["empty", "q"],
    ])
    func `an unreachable Redis is told with status 69`(arguments: [String]) throws {
        let url = "unix:///nowhere/redis.sock"
        let finished = try Program.run(arguments + ["--url", url])
        #expect(finished.ending == .exited(code: 69))
        #expect(finished.errorOutput.hasPrefix("rqd: cannot connect to \(url): "))
        #expect(finished.output == "")
    }

    @Test func `the server is that of the flag, else the variable, else the file`() throws {
        let bench = try QueueCommandBench()
        let file = try bench.directory.write(
            "rqd.conf", "[redis]\nurl = \"\(bench.server.url(database: 3))\"\n")
        for database in 1...3 { try bench.redis(database, "RPUSH", "rq:queue:n\(database)", "j") }
        for database in 1...3 {
            try bench.redis(database, "SADD", "rq:queues", "rq:queue:n\(database)")
        }
        let variable = ["RQ_REDIS_URL": bench.server.url(database: 2)]
        let flag = try bench.rqd(
            "info", "-r", "-u", bench.server.url(database: 1), "-c", file, environment: variable)
        #expect(flag.output.contains("queue n1 1,"))
        #expect(try bench.rqd("info", "-r", environment: variable).output.contains("queue n2 1,"))
        let named = try bench.rqd("info", "-r", "-c", file, environment: variable)
        #expect(named.output.contains("queue n3 1,"))
        let wrong = try bench.rqd("info", environment: ["RQ_REDIS_URL": "http://x"])
        #expect(wrong.ending == .exited(code: 78))
        #expect(wrong.errorOutput.contains("RQ_REDIS_URL"))
    }
}

extension QueueCommandBench {
    fileprivate func redis(_ database: Int, _ words: String...) throws {
        let connection = try server.connect(database: database)
        var command = Command(words[0])
        for word in words.dropFirst() { command.append(.text(word)) }
        try connection.call(command)
    }
}
