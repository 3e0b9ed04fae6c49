import Glibc
import TestSupport
import Testing

/// What a job starts ends with it, wherever it has gone.
@Suite struct DescendantTests {
    @Test func `a job in another process group is stopped by command`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold_elsewhere", "'a', False")
            let horse = try daemon.process(from: "a.pid")
            try daemon.python("rq.command.send_stop_job_command(redis, '\(job)')")
            try daemon.waitFor("stopped", of: job, within: .seconds(5))
            try horse.waitForEnd()
        }
    }

    @Test func `a job in another process group is killed after its timeout`() throws {
        try Daemon.run(pool: "timeout_grace = \"1s\"") { daemon in
            let job = try daemon.enqueue("hold_elsewhere", "'a', False, [14], job_timeout=1")
            let horse = try daemon.process(from: "a.pid")
            try daemon.waitFor("failed", of: job, within: .seconds(10))
            try horse.waitForEnd()
        }
    }

    @Test func `what a job has started in another session ends with it`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold_elsewhere", "'a', True")
            let child = try daemon.process(from: "a.pid")
            try daemon.python("rq.command.send_stop_job_command(redis, '\(job)')")
            try daemon.waitFor("stopped", of: job, within: .seconds(5))
            try child.waitForEnd()
        }
    }

    @Test func `a daemon that a job leaves is killed at the job's end, and reaped`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("leave_daemon", "'a'")
            let left = try daemon.text(from: "a.pid")
            try daemon.waitFor("finished", of: job)
            try daemon.waitForLog("processes that a job has left are killed")
            // A zombie would be there.
            try #require(access("/proc/\(left)", F_OK) != 0)
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
        }
    }

    @Test func `a daemon of the running job is left alone when an earlier job's process ends`()
        throws
    {
        try Daemon.run { daemon in
            let first = try daemon.enqueue("add", "1, 2")
            let job = try daemon.enqueue("hold_with_daemon", "'a'")
            let left = try daemon.process(from: "a.daemon.pid")
            try daemon.waitFor("finished", of: first)
            _ = try daemon.process(from: "a.pid")
            try #require(left.isAlive)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try left.waitForEnd()
        }
    }

    @Test func `a daemon goes on where the pool keeps it, and prints up to a limit`() throws {
        try Daemon.run(pool: "keep_descendants = true") { daemon in
            let job = try daemon.enqueue("leave_daemon", "'a', 'so it goes'")
            let left = try daemon.process(from: "a.pid")
            try daemon.waitFor("finished", of: job)
            try daemon.waitForLog("more output after the job's end is dropped")
            try #require(left.isAlive)
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            try #require(left.isAlive)
            try daemon.release("a")
            try left.waitForEnd()
        }
    }

    @Test func `a daemon ends with its worker`() throws {
        try Daemon.run { daemon in
            _ = try daemon.enqueue("hold_with_daemon", "'a'")
            let left = try daemon.process(from: "a.daemon.pid")
            _ = try daemon.process(from: "a.pid")
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try left.waitForEnd()
        }
    }

    @Test func `a daemon ends when its slot stable is killed`() throws {
        try Daemon.run { daemon in
            _ = try daemon.enqueue("hold_with_daemon", "'a'")
            let left = try daemon.process(from: "a.daemon.pid")
            _ = try daemon.process(from: "a.pid")
            try daemon.process("rqd: stable default/0").send(SIGKILL)
            try left.waitForEnd()
        }
    }
}
