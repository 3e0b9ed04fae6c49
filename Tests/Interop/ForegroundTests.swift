import Glibc
import RedisKit
import TestSupport
import Testing

/// `rqd worker` in the place of `rq worker`.
@Suite struct ForegroundTests {
    let server: RedisServer
    let redis: Connection

    init() throws {
        server = try RedisServer()
        redis = try server.connect()
    }

    @Test func `a burst takes the named queues in order and tells each job's story`() throws {
        try enqueue(
            Call("third", "work.say", "a word", queue: "default"),
            Call("fourth", "work.fail", "boom", queue: "default"),
            Call("never", "work.good", queue: "other"),
            Call("first", "work.add", 1, 2, queue: "high"),
            Call("second", "misdeeds.exit_seven", queue: "high"))
        let worker = try start("--burst", "--name", "burst-1", "high", "default")
        try #require(try worker.wait() == .exited(code: 0))
        let lines = worker.output.split(separator: "\n", omittingEmptySubsequences: false)
        let story = [
            "Worker burst-1: started with PID ", "Worker burst-1: subscribing to channel ",
            "*** Listening on high, default...", "high: work.add(1, 2) (first)",
            "Successfully completed work.add(1, 2) job in 0:00:0", "high: Job OK (first)",
            "Result is kept for 500 seconds", "high: misdeeds.exit_seven() (second)",
            "Work-horse terminated unexpectedly: it exited with status 7 (job second)",
            "default: work.say('a word') (third)", "a word",
            "Successfully completed work.say('a word') job in 0:00:0", "default: Job OK (third)",
            "Result is kept for 500 seconds", "default: work.fail('boom') (fourth)",
            "Job fourth: exception raised while executing (work.fail)",
            "Traceback (most recent call last):", "ValueError: boom",
            "Worker burst-1: done, quitting",
        ]
        var rest = lines[...]
        for part in story {
            let place = rest.firstIndex { Self.message($0).hasPrefix(part) }
            let found = try #require(place, "no \(part) in order in:\n\(worker.output)")
            rest = rest[(found + 1)...]
        }
        #expect(try status("never") == "queued")
        let left = try keys("rq:worker*") + keys("rq:rqd:*") + keys("rq:wip:*")
        #expect(left == ["rq:worker:burst-1"])
        #expect(try redis.call(Command("HEXISTS", "rq:worker:burst-1", "death")).integer == 1)
    }

    @Test func `the name and the queues show in rq info`() throws {
        let worker = try start("--name", "mailer", "emails", "news")
        try worker.waitForLine(containing: "*** Listening on emails, news...")
        let rq = try PythonEnvironment(.rq2_12).program("rq")
        let info = try TestSupport.run([rq, "info", "--url", server.url, "--raw", "-W"])
        #expect(info.output.hasPrefix("worker mailer ("), "\(info.output)")
        #expect(info.output.hasSuffix(") idle emails, news. jobs: 0 finished, 0 failed\n"))
        worker.send(SIGINT)
        #expect(try worker.wait() == .exited(code: 0))
        try worker.waitForLine(containing: "Worker mailer: warm shut down requested")
    }

    @Test func `with max-jobs it stops after so many`() throws {
        try enqueue(Call("a", "work.good"), Call("b", "work.good"), Call("c", "work.good"))
        let worker = try start("--max-jobs", "2", "--name", "brief")
        try #require(try worker.wait() == .exited(code: 0))
        #expect(try ["a", "b", "c"].map(status) == ["finished", "finished", "queued"])
        try worker.waitForLine(containing: "Worker brief: finished executing 2 jobs, quitting")
    }

    @Test func `a name that a live worker has is refused, whoever has it`() throws {
        let rq = try PythonEnvironment(.rq3_0).program("rq")
        let ours = try start("--name", "twin")
        try ours.waitForLine(containing: "*** Listening on default...")
        let second = try start("--name", "twin")
        try #require(try second.wait() == .exited(code: 78))
        #expect(
            second.output.contains(
                "There exists an active worker named 'twin' already: process "),
            "\(second.output)")
        let theirs = try TestSupport.run([rq, "worker", "--url", server.url, "--name", "twin"])
        #expect(theirs.ending == .exited(code: 1))
        #expect(theirs.errorOutput.contains("There exists an active worker named 'twin' already"))
        ours.send(SIGTERM)
        #expect(try ours.wait() == .exited(code: 0))

        let python = try ChildProcess(
            [rq, "worker", "--url", server.url, "--name", "twin"], mergesErrors: true)
        try python.waitForLine(containing: "Listening on")
        let third = try start("--name", "twin")
        #expect(try third.wait() == .exited(code: 78))
        #expect(third.output.contains("There exists an active worker named 'twin' already"))
        python.send(SIGTERM)
        #expect(try python.wait() == .exited(code: 0))
    }

    @Test func `an application that cannot be loaded is one line and status 78`() throws {
        let worker = try start("--exception-handler", "nowhere.at_all")
        #expect(try worker.wait() == .exited(code: 78))
        let lines = worker.output.split(separator: "\n").filter { $0.contains("cannot load") }
        #expect(lines.count == 1, "\(worker.output)")
        #expect(lines.first?.contains("nowhere") == true)
    }

    @Test(arguments: ["two words", "a:b", "a,b", "é"])
    func `a name that would not do in Redis is refused by its flag`(name: String) throws {
        let worker = try start("--name", name)
        #expect(try worker.wait() == .exited(code: 78))
        #expect(worker.output.hasPrefix("--name: "))
    }

    @Test func `with max-idle-time it ends when there was nothing to do for so long`() throws {
        try enqueue(Call("only", "work.good"))
        let worker = try start("--max-idle-time", "1", "--name", "patient", "default", "other")
        try #require(try worker.wait() == .exited(code: 0))
        #expect(try status("only") == "finished")
        try worker.waitForLine(containing: "Worker patient: idle for 1 seconds, quitting")
        #expect(try keys("rq:worker*") + keys("rq:rqd:*") == ["rq:worker:patient"])
    }

    @Test(arguments: [
        ["--worker-class", "rq.worker.RoundRobinWorker"], ["-w", "rq.worker.RandomWorker"],
        ["-ds", "random"], ["-s", "--dequeue-strategy", "default"],
    ])
    func `the queues are taken in the order of the strategy, by rq's new and old names`(
        flags: [String]
    ) throws {
        let queues = ["a", "b", "c"]
        let ids = queues.flatMap { queue in (0..<12).map { "\(queue)\($0)" } }
        try Script(release: .rq3_0, url: server.url).enqueue(
            ids.map { Call($0, "work.note", .text($0), queue: String($0.prefix(1))) })
        let worker = try start(["--burst"] + flags + queues)
        try #require(try worker.wait() == .exited(code: 0), "\(worker.output)")
        let order =
            try redis.call(Command("LRANGE", "test:order", "0", "-1")).array?
            .compactMap(\.text) ?? []
        #expect(Set(order) == Set(ids))
        let inTurn = (0..<12).flatMap { turn in queues.map { "\($0)\(turn)" } }
        switch flags.last {
        case "default": #expect(order == ids)
        case "rq.worker.RoundRobinWorker":
            #expect(order == inTurn)
            try worker.waitForLine(
                containing: "WARNING: RoundRobinWorker is deprecated. Use "
                    + "`--dequeue-strategy round_robin` instead.")
        default: #expect(order != ids && order != inTurn)
        }
    }

    @Test(arguments: [("30", 1...30), ("-1", -1...(-1))])
    func `results are kept as long as results-ttl says`(
        seconds: String, ttl: ClosedRange<Int>
    ) throws {
        try enqueue(
            Call("plain", "work.good"), Call("own", "work.good", options: ["result_ttl": 4000]))
        let worker = try start("--burst", "--results-ttl", seconds)
        try #require(try worker.wait() == .exited(code: 0))
        for key in ["rq:job:plain", "rq:results:plain"] {
            #expect(try ttl.contains(redis.call(Command("TTL", .text(key))).integer ?? 0), "\(key)")
        }
        let own = try redis.call(Command("TTL", "rq:job:own")).integer ?? 0
        #expect((3900...4000).contains(own))
    }

    private func enqueue(_ calls: Call...) throws {
        try Script(release: .rq3_0, url: server.url).enqueue(calls)
    }

    /// Starts a worker far from the applications, which `--path` leads to.
    private func start(_ arguments: String...) throws -> ChildProcess { try start(arguments) }

    private func start(_ arguments: [String]) throws -> ChildProcess {
        let python = try PythonEnvironment(.rq3_0)
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": python.path]) { $1 }
        return try ChildProcess(
            [
                try BuiltProgram.rqd(), "worker", "--url", server.url, "--path",
                Application.directory,
            ] + arguments,
            environment: environment, directory: "/", mergesErrors: true)
    }

    /// A line without the time before it.
    private static func message(_ line: Substring) -> Substring {
        line.prefix(8).count { $0 == ":" } == 2 ? line.dropFirst(9) : line
    }

    private func status(_ id: String) throws -> String? {
        try redis.call(Command("HGET", .text("rq:job:\(id)"), "status")).text
    }

    private func keys(_ pattern: String) throws -> [String] {
        try redis.call(Command("KEYS", .text(pattern))).array?.compactMap(\.text) ?? []
    }
}
