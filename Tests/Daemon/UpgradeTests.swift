import Glibc
import TestSupport
import Testing

/// A service that becomes a new version of its program.
@Suite struct UpgradeTests {
    @Test func `the process stays, its jobs run on, and its workers are new`() throws {
        try Daemon.run(workers: 2) { daemon in
            let held = try daemon.enqueue("hold", "'held'")
            let horse = try daemon.process(from: "held.pid")
            let before = Set(daemon.processes("rqd: worker").map(\.pid))
            let answer = try daemon.tell("upgrade")
            #expect(answer.output.hasPrefix("rqd "))
            #expect(answer.output.contains("runs: default has new workers"))
            #expect(answer.output.hasSuffix("1 worker ends after its job\n"))
            #expect(Set(daemon.processes("rqd: worker").map(\.pid)).intersection(before).count == 1)
            try #require(horse.isAlive)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            try eventually("all are new, and nothing of the old is left") {
                Set(daemon.processes("rqd: worker").map(\.pid)).isDisjoint(with: before)
                    && daemon.processes("rqd: stable app.tasks").count == 1
                    && daemon.processes("rqd: scheduler").count == 1
            }
            let status = try daemon.tell("status", "--json").output
            #expect(status.contains("\"pid\":\(daemon.pid)"))
            #expect(status.contains("\"jobs_succeeded\":2"))
            // The one was counted by a worker of the old program, the other by one of the new.
            let numbers = try Numbers(of: daemon)
            #expect(numbers.jobs("hold", "finished") == 1 && numbers.jobs("add", "finished") == 1)
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(!daemon.log.contains("worker died"))
        }
    }

    @Test func `USR2 does the same, and a changed configuration counts at once`() throws {
        try Daemon.run { daemon in
            let path = daemon.directory.file("rqd.conf")
            let text = String(decoding: try readFile(path), as: UTF8.self)
            try daemon.directory.write(
                "rqd.conf", text.replacing("workers = 1", with: "workers = 3"))
            daemon.send(SIGUSR2)
            try daemon.waitForLog("upgrade is done")
            #expect(daemon.processes("rqd: worker").count == 3)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a program that cannot take over is refused, and all goes on`() throws {
        let programs = try TemporaryDirectory()
        let program = programs.file("rqd")
        _ = try run(["cp", try BuiltProgram.rqd(), program])
        var settings = Daemon.Settings()
        settings.program = program
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let worker = try daemon.process("rqd: worker default/0")
            try #require(unlink(program) == 0)
            try programs.write("rqd", "#!/bin/sh\necho no such thing >&2; exit 3\n")
            try #require(chmod(program, 0o755) == 0)
            let answer = try daemon.ask("upgrade")
            #expect(answer.ending == .exited(code: 78))
            #expect(answer.errorOutput.hasPrefix("rqd: no such thing\n"))
            try daemon.waitForLog("upgrade is refused")
            try #require(worker.isAlive)
            // One that finds all right but what it would be handed.
            try programs.write("rqd", "#!/bin/sh\necho other scoreboard >&2; exit 76\n")
            let other = try daemon.ask("upgrade")
            #expect(other.ending == .exited(code: 76))
            #expect(other.errorOutput == "rqd: other scoreboard\n")
            // One that is written into after it was tried.
            try programs.write("rqd", "#!/bin/sh\necho exit 0 >> \(program)\n")
            let late = try daemon.ask("upgrade")
            #expect(late.ending == .exited(code: 69))
            let changed = "\(program) was changed after it had been tried; try again\n"
            #expect(late.errorOutput == "rqd: upgrade refused: \(changed)")
            try #require(unlink(program) == 0)
            let nothing = try daemon.ask("upgrade")
            #expect(nothing.errorOutput.contains("open(\(program)): No such file"))
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test(arguments: ["no TOML at all", "", nil])
    func `a configuration that changes while it is tried is used as it was tried`(
        _ text: String?
    ) throws {
        try Daemon.run { daemon in
            let held = try daemon.enqueue("hold", "'held'")
            _ = try daemon.process(from: "held.pid")
            let path = daemon.directory.file("rqd.conf")
            let before = String(decoding: try readFile(path), as: UTF8.self)
            try daemon.directory.write(
                "rqd.conf", before.replacing("workers = 1", with: "workers = 2"))
            try daemon.atNextImport(
                text.map { "replace('rqd.conf', '\($0)')" } ?? "gone('rqd.conf')")
            _ = try daemon.askDirectly("upgrade")
            try daemon.waitForLog("upgrade is done")
            try #require(try Self.text(of: path) == text)
            #expect(daemon.log.contains("default has 2 workers, 1 before"))
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `an interpreter that goes away after the trial is refused, and the workers go on`()
        throws
    {
        try Daemon.run { daemon in
            let worker = try daemon.process("rqd: worker default/0")
            let python = try PythonEnvironment(.rq3_0).python
            let link = daemon.directory.file("python")
            try #require(symlink(python, link) == 0)
            let path = daemon.directory.file("rqd.conf")
            let text = String(decoding: try readFile(path), as: UTF8.self)
            try daemon.directory.write("rqd.conf", text.replacing(python, with: link))
            try daemon.atNextImport("gone('python')")
            _ = try daemon.askDirectly("upgrade")
            try daemon.waitForLog("upgrade is refused")
            try #require(worker.isAlive)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a program that is replaced while it is tried takes over as it was tried`() throws {
        let programs = try TemporaryDirectory()
        let program = programs.file("rqd")
        _ = try run(["cp", try BuiltProgram.rqd(), program])
        var settings = Daemon.Settings()
        settings.program = program
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            try daemon.atNextImport("replace('\(program)', 'exit 3')")
            let answer = try daemon.ask("upgrade")
            #expect(answer.ending == .exited(code: 0))
            #expect(String(decoding: try readFile(program), as: UTF8.self) == "exit 3")
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
            #expect(try daemon.ask("upgrade").ending != .exited(code: 0))
        }
    }

    @Test func `what an unknown version hands over is refused when all else was found right`()
        throws
    {
        try Daemon.run { daemon in
            try daemon.directory.write("handover", #"{"version":1000,"layout":[1]}"#)
            let path = daemon.directory.file("rqd.conf")
            func trial() throws -> Finished {
                try run([
                    "sh", "-c", "exec \"$0\" run -c \"$1\" --tries-handover 3 3< \"$2\"",
                    try BuiltProgram.rqd(), path, daemon.directory.file("handover"),
                ])
            }
            let refused = try trial()
            #expect(refused.ending == .exited(code: 76))
            #expect(
                refused.errorOutput
                    == "this version cannot take over from the one that runs; restart the service\n"
            )
            let text = String(decoding: try readFile(path), as: UTF8.self)
            try daemon.directory.write(
                "rqd.conf", text.replacing("\"app.tasks\"", with: "\"app.nothing\""))
            let broken = try trial()
            #expect(broken.ending == .exited(code: 78))
            #expect(broken.errorOutput.contains("No module named 'app.nothing'"))
        }
    }

    @Test func `a service that waits for Redis is upgraded, and is ready when Redis is there`()
        throws
    {
        let manager = try NotifySocket()
        var settings = Daemon.Settings()
        settings.environment["NOTIFY_SOCKET"] = manager.path
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            daemon.server.stop()
            try daemon.start(isAwaited: false)
            try daemon.waitForLog("Redis is unreachable")
            daemon.send(SIGUSR2)
            try daemon.waitForLog("this program has taken over")
            try eventually("the worker is replaced") {
                try daemon.ask("status", "--json").output.contains("\"generation\":2")
            }
            try #require(!manager.hasHeard("RELOADING=1") && !manager.hasHeard("READY=1"))
            try daemon.server.restart()
            try manager.waitFor("READY=1")
            try daemon.waitForLog("upgrade is done")
        }
    }

    @Test func `upgrade after upgrade under load fails no job and runs none twice`() throws {
        try Daemon.run(workers: 2) { daemon in
            let producer = try ChildProcess(
                [
                    try PythonEnvironment(.rq3_0).python, "-c",
                    """
                    import sys, time
                    import redis, rq
                    queue = rq.Queue(connection=redis.Redis.from_url(sys.argv[1]))
                    for number in range(100000):
                        queue.enqueue('app.tasks.note', 'runs', str(number))
                        print(number, flush=True)
                        time.sleep(0.01)
                    """, daemon.server.url,
                ], environment: inheritedEnvironment(), directory: daemon.directory.path,
                mergesErrors: true)
            for _ in 0..<Self.upgrades { try daemon.tell("upgrade") }
            producer.send(SIGKILL)
            _ = try producer.wait(timeout: .seconds(5))
            try eventually("the queue is empty", within: .seconds(30)) {
                try daemon.ids().isEmpty && daemon.members("wip:default").isEmpty
            }
            let runs = String(decoding: try readFile(daemon.directory.file("runs")), as: UTF8.self)
            let lines = runs.split(separator: "\n")
            try #require(Set(lines).count == lines.count)
            let made = producer.output.split(separator: "\n").count
            try #require(lines.count >= made && made > 10 * Self.upgrades)
            try #require(try daemon.members("failed:default") == [])
            try #require(!daemon.log.contains("worker died"))
            try #require(!daemon.log.contains("job put back"))
        }
    }

    /// What is in a file now; nil where there is none.
    private static func text(of path: String) throws -> String? {
        access(path, F_OK) == 0 ? String(decoding: try readFile(path), as: UTF8.self) : nil
    }

    /// How many upgrades follow one another; the variable `UPGRADES` asks for more.
    private static let upgrades = getenv("UPGRADES").flatMap { Int(String(cString: $0)) } ?? 10
}
