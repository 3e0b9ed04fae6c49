import Glibc
import TestSupport
import Testing

/// What rq's own tools tell a worker to do.
@Suite struct CommandTests {
    @Test func `stop-job ends the job as stopped`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a', retry=Retry(max=3)")
            let horse = try daemon.process(from: "a.pid")
            try daemon.python("rq.command.send_stop_job_command(redis, '\(job)')")
            try horse.waitForEnd()
            try daemon.waitFor("stopped", of: job)
            try #require(try daemon.ids() == [])
            try #require(try daemon.exception(of: job).contains("Job stopped by user"))
            try Self.worksOn(daemon)
        }
    }

    @Test func `kill-horse fails the job, and the worker goes on`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let name = try daemon.workerName()
            try daemon.python("rq.command.send_kill_horse_command(redis, '\(name)')")
            try horse.waitForEnd()
            try daemon.waitFor("failed", of: job)
            try #require(try daemon.exception(of: job).contains("SIGKILL"))
            try Self.worksOn(daemon)
        }
    }

    @Test func `shutdown lets the job finish, then another worker takes the slot`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let name = try daemon.workerName()
            let worker = try daemon.process("rqd: worker default/0")
            try daemon.python("rq.command.send_shutdown_command(redis, '\(name)')")
            let late = try daemon.enqueue("add", "1, 2")
            try daemon.release("a")
            try worker.waitForEnd()
            try daemon.waitFor("finished", of: job)
            try daemon.waitFor("finished", of: late)
            try #require(try daemon.process("rqd: worker default/0").pid != worker.pid)
        }
    }

    @Test(arguments: [
        "garbage", "{}", "[1]", #"{"command": "dance"}"#, #"{"command": 7}"#, "\\xff",
    ])
    func `a command that is none is ignored with a line`(payload: String) throws {
        try Daemon.run { daemon in
            let worker = try daemon.process("rqd: worker default/0")
            let name = try daemon.workerName()
            try daemon.python("redis.publish('rq:pubsub:\(name)', b'\(payload)')")
            try daemon.waitForLog("command ignored")
            try Self.worksOn(daemon)
            try #require(worker.isAlive)
        }
    }

    @Test func `a stop-job for another job stops nothing`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let name = try daemon.workerName()
            try daemon.python(
                "rq.command.send_command(redis, '\(name)', 'stop-job', job_id='another')")
            try daemon.waitForLog("command ignored")
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `rq suspend holds jobs back, even from busy workers, until rq resume`() throws {
        try Daemon.run { daemon in
            let running = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            try daemon.python("rq.suspension.suspend(redis)")
            let held = try daemon.enqueue("add", "1, 2")
            try daemon.release("a")
            try daemon.waitFor("finished", of: running)
            _ = try daemon.process("rqd: worker default/0 suspended")
            let state = try daemon.field("state", of: "worker:\(daemon.workerName())")
            try #require(state == "suspended")
            try #require(try daemon.status(of: held) == "queued")
            try daemon.python("rq.suspension.resume(redis)")
            try daemon.waitFor("finished", of: held)
        }
    }

    @Test func `rq suspend reaches an idle worker at once`() throws {
        try Daemon.run { daemon in
            try daemon.python("rq.suspension.suspend(redis)")
            _ = try daemon.process("rqd: worker default/0 suspended")
            try daemon.python("rq.suspension.resume(redis)")
            _ = try daemon.process("rqd: worker default/0 idle")
        }
    }

    private static func worksOn(_ daemon: Daemon) throws {
        let job = try daemon.enqueue("add", "1, 2")
        try daemon.waitFor("finished", of: job)
    }
}
