import Glibc
import TestSupport
import Testing

/// A configuration that is read again while jobs run.
@Suite struct ReloadTests {
    /// Changes the daemon's configuration file.
    private static func edit(_ daemon: Daemon, _ old: String, _ new: String) throws {
        let path = daemon.directory.file("rqd.conf")
        let text = String(decoding: try readFile(path), as: UTF8.self)
        try #require(text.contains(old))
        try daemon.directory.write("rqd.conf", text.replacing(old, with: new))
    }

    @Test func `from 4 workers to 12 and back under load no job fails and no busy worker ends`()
        throws
    {
        try Daemon.run(workers: 4) { daemon in
            let held = try daemon.enqueue("hold", "'held'")
            let horse = try daemon.process(from: "held.pid")
            try daemon.python(
                """
                queue = Queue(connection=redis)
                for number in range(300):
                    queue.enqueue('app.tasks.note', 'runs', str(number), job_id='n%d' % number)
                """)
            try Self.edit(daemon, "workers = 4", "workers = 12")
            let up = try daemon.tell("reload")
            #expect(up.output.hasPrefix("default has 12 workers, 4 before"))
            #expect(daemon.processes("rqd: worker").count == 12)
            try Self.edit(daemon, "workers = 12", "workers = 4")
            try daemon.tell("reload")
            try #require(horse.isAlive)
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            try daemon.waitFor("finished", of: "n299")
            try eventually("4 workers") { daemon.processes("rqd: worker").count == 4 }
            let runs = String(decoding: try readFile(daemon.directory.file("runs")), as: UTF8.self)
            let lines = runs.split(separator: "\n")
            try #require(lines.count == 300 && Set(lines).count == 300)
            try #require(try daemon.members("failed:default") == [])
            try #require(!daemon.log.contains("worker died"))
        }
    }

    @Test func `other queues reach the workers that run, without a new one`() throws {
        try Daemon.run(workers: 2) { daemon in
            let workers = daemon.processes("rqd: worker").map(\.pid)
            try daemon.python(
                "Queue('late', connection=redis).enqueue('app.tasks.add', 1, 2, job_id='late')")
            try Self.edit(daemon, #"queues = ["default"]"#, #"queues = ["late", "default"]"#)
            let answer = try daemon.tell("reload")
            #expect(
                answer.output == "default serves late, default; the scheduler has new settings\n")
            try daemon.waitFor("finished", of: "late")
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
            #expect(daemon.processes("rqd: worker").map(\.pid) == workers)
            let queues = try daemon.python(
                "print(*sorted(q for w in Worker.all(redis) for q in w.queue_names()))")
            #expect(queues == "default default late late")
        }
    }

    @Test func `a file that is wrong is refused with file and line, and all stays as it was`()
        throws
    {
        try Daemon.run { daemon in
            let worker = try daemon.process("rqd: worker default/0")
            try Self.edit(daemon, "workers = 1", "workers = \"four\"")
            let answer = try daemon.askDirectly("reload")
            #expect(answer.ending == .exited(code: 78))
            let path = daemon.directory.file("rqd.conf")
            #expect(answer.errorOutput.hasPrefix("rqd: \(path):"))
            #expect(answer.errorOutput.contains("workers must be a whole number"))
            try daemon.waitForLog("reload is refused")
            #expect(
                try daemon.askDirectly("status", "--json").output.contains(
                    "\"reload_error\":\"reload"))
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
            try #require(worker.isAlive)
            try Self.edit(daemon, "workers = \"four\"", "workers = 1")
            let good = try daemon.tell("reload")
            #expect(good.output == "nothing has changed\n")
            #expect(!daemon.log.contains("could not be signalled"))
            #expect(!(try daemon.tell("status", "--json").output.contains("reload_error")))
        }
    }

    @Test func `an application that cannot be loaded is refused before any worker is touched`()
        throws
    {
        try Daemon.run { daemon in
            let before = daemon.processes("rqd: worker").map(\.pid)
            try Self.edit(daemon, "preload = [\"app.tasks\"]", "preload = [\"app.nothing\"]")
            let answer = try daemon.ask("reload")
            #expect(answer.ending == .exited(code: 78))
            #expect(answer.errorOutput.contains("No module named 'app.nothing'"))
            #expect(daemon.processes("rqd: worker").map(\.pid) == before)
            #expect(daemon.processes("rqd: stable app").count == 1)
        }
    }

    @Test func `an interpreter that loads but cannot make a horse is found out by the canary`()
        throws
    {
        try Daemon.run { daemon in
            let worker = try daemon.process("rqd: worker default/0")
            try Self.edit(
                daemon, "preload = [\"app.tasks\"]",
                "preload = [\"app.tasks\"]\njob_class = \"app.tasks.Missing\"")
            let answer = try daemon.ask("reload")
            #expect(answer.ending == .exited(code: 78))
            let reason = "cannot load the configured classes in "
            #expect(answer.errorOutput.contains(reason), "\(answer.errorOutput)")
            try #require(worker.isAlive)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
            try eventually("the stable on trial is gone") {
                daemon.processes("rqd: stable app.tasks").count == 1
            }
        }
    }

    @Test func `another environment brings new workers one by one, the busy one after its job`()
        throws
    {
        try Daemon.run(workers: 3) { daemon in
            let held = try daemon.enqueue("hold", "'held'")
            let horse = try daemon.process(from: "held.pid")
            let before = Set(daemon.processes("rqd: worker").map(\.pid))
            try Self.edit(
                daemon, "[control]", "[python.environment]\nCOLOUR = \"blue\"\n[control]")
            let answer = try daemon.tell("reload")
            #expect(answer.output == "default has new workers; 1 worker ends after its job\n")
            #expect(Set(daemon.processes("rqd: worker").map(\.pid)).intersection(before).count == 1)
            let job = try daemon.enqueue("variables", "'COL'")
            try daemon.waitFor("finished", of: job)
            #expect(try daemon.value(of: job) == "['COLOUR']")
            try #require(horse.isAlive)
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            try eventually("all are new, and the old stable is gone") {
                let workers = Set(daemon.processes("rqd: worker").map(\.pid))
                return workers.count == 3 && workers.isDisjoint(with: before)
                    && daemon.processes("rqd: stable app.tasks").count == 1
            }
            try #require(!daemon.log.contains("worker died"))
        }
    }

    @Test func `a pool that is new starts and one that is gone ends after its jobs`() throws {
        try Daemon.run { daemon in
            let held = try daemon.enqueue("hold", "'held'")
            _ = try daemon.process(from: "held.pid")
            try Self.edit(daemon, "[pool.default]", "[pool.mail]")
            let answer = try daemon.tell("reload")
            #expect(
                answer.output
                    == "pool mail is new; pool default is gone; 1 worker ends after its job\n")
            #expect(try daemon.tell("status").output.contains("default/0"))
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            try eventually("only the new one is there") {
                daemon.processes("rqd: worker").map(\.title).allSatisfy { $0.contains("mail/0") }
            }
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a restart loads the application again`() throws {
        try Daemon.run(workers: 2) { daemon in
            let tasks = String(
                decoding: try readFile(daemon.directory.file("app/tasks.py")), as: UTF8.self)
            try daemon.directory.write(
                "app/tasks.py", tasks.replacing("return a + b", with: "return a * b * 1"))
            let answer = try daemon.tell("restart", "default")
            #expect(answer.output == "default has new workers\n")
            let job = try daemon.enqueue("add", "5, 6")
            try daemon.waitFor("finished", of: job)
            #expect(try daemon.value(of: job) == "30")
        }
    }

    @Test(arguments: ["no TOML at all", "", nil])
    func `a file that changes while it is tried is used as it was tried`(_ text: String?) throws {
        try Daemon.run { daemon in
            try Self.edit(daemon, "workers = 1", "workers = 2")
            try Self.edit(daemon, "[control]", "environment = { COLOUR = \"red\" }\n[control]")
            try daemon.atNextImport(
                text.map { "replace('rqd.conf', '\($0)')" } ?? "gone('rqd.conf')")
            let answer = try daemon.askDirectly("reload")
            #expect(answer.ending == .exited(code: 0), "\(answer.errorOutput)")
            #expect(answer.output.hasPrefix("default has 2 workers, 1 before; default has new"))
            let path = daemon.directory.file("rqd.conf")
            let isThere = access(path, F_OK) == 0
            try #require(
                (isThere ? String(decoding: try readFile(path), as: UTF8.self) : nil) == text)
            let job = try daemon.enqueue("variables", "'COLOUR'")
            try daemon.waitFor("finished", of: job)
            #expect(try daemon.value(of: job) == "['COLOUR']")
            // The next one reads what is there by then.
            let next = try daemon.askDirectly("reload")
            #expect(text == "" || next.ending == .exited(code: 78))
        }
    }

    @Test func `HUP reloads`() throws {
        try Daemon.run { daemon in
            try Self.edit(daemon, "workers = 1", "workers = 2")
            daemon.send(SIGHUP)
            try daemon.waitForLog("reload is done")
            #expect(daemon.processes("rqd: worker").count == 2)
        }
    }

    @Test func `reloads do not keep the master from telling that it is alive`() throws {
        let manager = try NotifySocket()
        var settings = Daemon.Settings()
        settings.environment = ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "2000000"]
        let daemon = try Daemon(settings, on: try RedisServer())
        try daemon.explain {
            try daemon.start()
            try manager.waitFor("READY=1")
            let watch = Stopwatch()
            while !manager.hasHeard("WATCHDOG=1") {
                try #require(watch.elapsed < .seconds(4))
                try daemon.tell("reload")
            }
        }
    }

    @Test func `a reload during a stop, and one during another, are refused`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'held'")
            _ = try daemon.process(from: "held.pid")
            daemon.send(SIGTERM)
            try daemon.waitForLog("warm stop")
            let answer = try daemon.ask("reload")
            #expect(answer.ending == .exited(code: 69))
            #expect(answer.errorOutput == "rqd: the service is stopping\n")
            try daemon.release("held")
            try daemon.waitFor("finished", of: job)
            try daemon.wait()
        }
    }
}
