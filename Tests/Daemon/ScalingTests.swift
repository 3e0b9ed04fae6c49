import Glibc
import TestSupport
import Testing

/// Pools that grow, shrink, pause and resume while jobs run.
@Suite struct ScalingTests {
    @Test func `from 4 workers to 12 and back under load no job fails or runs twice`() throws {
        try Daemon.run(workers: 4) { daemon in
            let first = try daemon.enqueue("hold", "'first'")
            let horse = try daemon.process(from: "first.pid")
            try daemon.python(
                """
                queue = Queue(connection=redis)
                for number in range(600):
                    queue.enqueue('app.tasks.note', 'runs', str(number), job_id='n%d' % number)
                """)
            try daemon.tell("scale", "default", "12")
            try eventually("12 workers") { daemon.processes("rqd: worker").count == 12 }
            let held = try (0..<6).map { try daemon.enqueue("hold", "'h\($0)'") }
            for number in 0..<6 { _ = try daemon.process(from: "h\(number).pid") }
            try daemon.tell("scale", "default", "4")
            try eventually("the idle and the quick ones are gone", within: .seconds(20)) {
                // Seven hold a job, and so stay until they have done it.
                daemon.processes("rqd: worker").count == 7
            }
            try #require(horse.isAlive)
            for number in 0..<6 { try daemon.release("h\(number)") }
            try daemon.release("first")
            for job in held + [first] { try daemon.waitFor("finished", of: job) }
            try eventually("4 workers") { daemon.processes("rqd: worker").count == 4 }
            try daemon.waitFor("finished", of: "n599")
            let runs = try readFile(daemon.directory.file("runs"))
            let lines = String(decoding: runs, as: UTF8.self).split(separator: "\n")
            try #require(lines.count == 600 && Set(lines).count == 600)
            try #require(try daemon.members("failed:default") == [])
            try #require(!daemon.log.contains("worker died"))
        }
    }

    @Test func `TTIN and TTOU give the first pool a worker more and less`() throws {
        try Daemon.run { daemon in
            daemon.send(SIGTTIN)
            try daemon.waitForLog("default/1: listening")
            daemon.send(SIGTTOU)
            try eventually("1 worker") { daemon.processes("rqd: worker").count == 1 }
            try daemon.waitForLog("worker retired")
        }
    }

    @Test func `a worker that came later hears of jobs as the first ones do`() throws {
        try Daemon.run { daemon in
            try daemon.tell("scale", "default", "3")
            for slot in 1..<3 { try daemon.waitForLog("default/\(slot): listening") }
            let jobs = try (0..<3).map { try daemon.enqueue("hold", "'j\($0)'") }
            for number in 0..<3 { _ = try daemon.process(from: "j\(number).pid") }
            for number in 0..<3 { try daemon.release("j\(number)") }
            for job in jobs { try daemon.waitFor("finished", of: job) }
        }
    }

    @Test func `a paused pool ends what runs and takes nothing until it is resumed`() throws {
        try Daemon.run(workers: 2) { daemon in
            let running = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let answer = try daemon.tell("pause", "default")
            try #require(answer.output == "default is paused; 1 job goes on\n")
            let waiting = try daemon.enqueue("add", "1, 2")
            try daemon.release("a")
            try daemon.waitFor("finished", of: running)
            try eventually("both are paused") {
                try daemon.tell("status").output.split(separator: "\n").count {
                    $0.contains("paused")
                } >= 2
            }
            try #require(try daemon.status(of: waiting) == "queued")
            try daemon.tell("resume", "default")
            try daemon.waitFor("finished", of: waiting)
        }
    }

    @Test func `a worker that dies while its pool is paused leaves a successor that is paused`()
        throws
    {
        try Daemon.run { daemon in
            try daemon.tell("pause", "default")
            let worker = try daemon.process("rqd: worker default/0")
            worker.send(SIGKILL)
            try worker.waitForEnd()
            try eventually("the successor is paused") {
                daemon.processes("rqd: worker default/0 paused").contains { $0.pid != worker.pid }
            }
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.tell("resume", "default")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a job is stopped and another killed through the service, also without Redis`()
        throws
    {
        try Daemon.run(workers: 2) { daemon in
            let stopped = try daemon.enqueue("hold", "'a'")
            let killed = try daemon.enqueue("hold", "'b'")
            let horse = try daemon.process(from: "a.pid")
            _ = try daemon.process(from: "b.pid")
            try daemon.tell("kill-job", killed)
            try daemon.waitFor("failed", of: killed)
            daemon.server.send(SIGSTOP)
            try daemon.tell("stop-job", stopped)
            try horse.waitForEnd()
            daemon.server.send(SIGCONT)
            try daemon.waitFor("stopped", of: stopped)
            let unknown = try daemon.ask("stop-job", stopped)
            try #require(unknown.ending == .exited(code: 1))
            try #require(unknown.errorOutput == "rqd: no job \(stopped) runs here\n")
        }
    }

    @Test func `the log level changes for all processes at once`() throws {
        try Daemon.run { daemon in
            let answer = try daemon.tell("log-level", "debug")
            try #require(answer.output == "logging from debug on, info before\n")
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try daemon.waitForLog("subscribed channel=")
        }
    }

    @Test(arguments: [
        (["scale", "nopool", "3"], "rqd: there is no pool \"nopool\"; there are default\n"),
        (["scale", "default", "4097"], "rqd: default can have 0 to 4096 workers, not 4097\n"),
        (["pause", "nopool"], "rqd: there is no pool \"nopool\"; there are default\n"),
        (
            ["log-level", "loud"],
            "rqd: level must be one of debug, info, notice, warning, error, not \"loud\"\n"
        ),
    ])
    func `what cannot be done is refused with 64 and the reason`(
        command: [String], complaint: String
    ) throws {
        try Daemon.run { daemon in
            let answer = try daemon.ask(command)
            try #require(answer.ending == .exited(code: 64))
            try #require(answer.errorOutput == complaint)
        }
    }
}
