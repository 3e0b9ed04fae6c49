import Glibc
import TestSupport
import Testing

/// What dies, or cannot be loaded, where jobs run in processes that are started.
@Suite struct SpawnDeathTests {
    /// An import that waits while `NAME.hold` is there, and fails while `NAME.broken` is.
    private static let gates = """
        while os.path.exists('import.hold'):
            time.sleep(0.005)
        if os.path.exists('import.broken'):
            raise KeyError('broken')
        """

    @Test func `a process that cannot load the application is told once, with its line`() throws {
        try SpawnTests.run(adding: Self.gates) { daemon in
            try daemon.directory.write("import.broken", "")
            let first = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: first)
            let line = try daemon.waitForLog("application cannot be loaded")
            #expect(line.contains("KeyError: 'broken'") && line.contains("tasks.py"), "\(line)")
            let second = try daemon.enqueue("add", "1, 2")
            try eventually("the status tells") {
                try daemon.ask("status").output.contains("KeyError: 'broken'")
            }
            try #require(try daemon.ask("status").output.contains("waiting-for-import"))
            // It is tried again, and again, and this is what is told of that.
            let lines = daemon.log.split(separator: "\n")
            #expect(lines.count { $0.contains("application cannot be loaded") } == 1)
            #expect(try daemon.status(of: second) == "queued")
            try #require(unlink(daemon.directory.file("import.broken")) == 0)
            try daemon.waitFor("finished", of: second, within: .seconds(30))
            try eventually("the status does not tell any more") {
                try !daemon.ask("status").output.contains("KeyError: 'broken'")
            }
        }
    }

    @Test func `an application that cannot be loaded ends the start with its line`() throws {
        var settings = Daemon.Settings()
        settings.pool = "isolation = \"spawn\""
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.directory.write("app/tasks.py", "import os\n\nos.no_such_thing\n")
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let line = try daemon.waitForLog("application cannot be loaded")
            #expect(line.contains("no_such_thing") && line.contains("line 3"), "\(line)")
            daemon.send(SIGTERM)
            _ = try daemon.wait()
        }
    }

    @Test(arguments: ["rqd: stable default/0", "rqd: worker default/0", "master"])
    func `processes that load, wait and run end with those above them`(victim: String) throws {
        try SpawnTests.run(pool: "spares = 2", adding: Self.gates) { daemon in
            try eventually("2 spares") {
                daemon.processes("rqd: horse default/0 waiting").count == 2
            }
            try daemon.directory.write("import.hold", "")
            let job = try daemon.enqueue("hold", "'a'")
            let busy = try daemon.process(from: "a.pid")
            try eventually("one loads") {
                daemon.processes("rqd: horse default/0 loading").count == 1
            }
            let all = daemon.processes("rqd: horse")
            #expect(all.count == 3)
            if victim == "master" {
                daemon.send(SIGKILL)
            } else {
                try daemon.process(victim).send(SIGKILL)
            }
            for process in all { try process.waitForEnd(within: .seconds(5)) }
            guard victim != "master" else { return }
            try #require(unlink(daemon.directory.file("import.hold")) == 0)
            _ = try daemon.process(from: "a.pid", otherThan: busy)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a process that dies while it waits is replaced`() throws {
        try SpawnTests.run { daemon in
            let spare = try daemon.process("rqd: horse default/0 waiting")
            spare.send(SIGKILL)
            try daemon.waitForLog("waiting horse \(spare.pid) is gone")
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `the stable may die, and jobs go on`() throws {
        try SpawnTests.run { daemon in
            let stable = try daemon.process("rqd: stable app.tasks")
            stable.send(SIGKILL)
            for _ in 0..<2 {
                let job = try daemon.enqueue("add", "1, 2")
                try daemon.waitFor("finished", of: job)
            }
        }
    }

    @Test func `a job is left to others while a worker's next process loads`() throws {
        try SpawnTests.run(adding: Self.gates) { daemon in
            try daemon.directory.write("import.hold", "")
            let first = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: first)
            let second = try daemon.enqueue("add", "1, 2")
            _ = try daemon.process("rqd: worker default/0 waiting-for-import")
            #expect(try daemon.status(of: second) == "queued")
            try #require(unlink(daemon.directory.file("import.hold")) == 0)
            try daemon.waitFor("finished", of: second)
            #expect(try daemon.field("rqd_handed_back", of: "job:\(second)") == nil)
        }
    }

    @Test func `an import that does not end is told with its place, and nobody is killed for it`()
        throws
    {
        try SpawnTests.run(adding: Self.gates) { daemon in
            try daemon.directory.write("import.hold", "")
            let first = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: first)
            let line = try daemon.waitForLog(
                "application is still being loaded", within: .seconds(30))
            #expect(line.contains("app.tasks (preload)") && line.contains("tasks.py"), "\(line)")
            #expect(!daemon.log.contains("hangs and is killed"))
            try #require(unlink(daemon.directory.file("import.hold")) == 0)
            let second = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: second)
        }
    }
}
