import Glibc
import RedisKit
import TestSupport
import Testing

/// What the tools of each release of rq tell rqd's workers to do.
@Suite struct CommandTests {
    private static let senders: [PythonEnvironment.Release] = [.rq3_0, .rq2_12, .rq1_16]

    /// Runs a job that waits, sends a command with the sender's rq, and goes on.
    private func command(
        _ sender: PythonEnvironment.Release, _ code: String,
        _ check: (Daemon) throws -> Void
    ) throws {
        try Application.run(sender) { daemon in
            try Script(sender, on: daemon).enqueue(Call("held", "work.wait", "held"))
            try daemon.redis("BLPOP", "test:running", "20")
            try send(sender, code, daemon)
            try check(daemon)
            try Script(sender, on: daemon).enqueue(Call("after", "work.nothing"))
            try daemon.waitFor("finished", of: "after")
        }
    }

    /// Runs code of the sender's that finds the worker's `name`.
    private func send(
        _ sender: PythonEnvironment.Release, _ code: String, _ daemon: Daemon
    ) throws {
        try PythonConsole.of(sender).run(
            "name = '\(daemon.workerName())'\nimport rq.command\n\(code)",
            redis: daemon.server.url)
    }

    @Test(arguments: senders)
    func `stop-job of each rq stops the job`(sender: PythonEnvironment.Release) throws {
        try command(sender, "rq.command.send_stop_job_command(redis, 'held')") { daemon in
            try daemon.waitFor("stopped", of: "held")
        }
    }

    @Test(arguments: senders)
    func `kill-horse of each rq fails the job`(sender: PythonEnvironment.Release) throws {
        try command(sender, "rq.command.send_kill_horse_command(redis, name)") { daemon in
            try daemon.waitFor("failed", of: "held")
        }
    }

    @Test(arguments: senders)
    func `shutdown of each rq lets the job finish, and another worker takes the slot`(
        sender: PythonEnvironment.Release
    ) throws {
        try command(sender, "rq.command.send_shutdown_command(redis, name)") { daemon in
            let first = try daemon.process("rqd: worker default/0")
            try daemon.redis("RPUSH", "test:go:held", "")
            try daemon.waitFor("finished", of: "held")
            try first.waitForEnd()
        }
    }

    @Test func `stop-execution stops the run that it names and no other`() throws {
        let code = """
            rq.command.send_command(
                redis, name, 'stop-execution', job_id='held', execution_id='0' * 32)
            """
        try command(.rq3_0, code) { daemon in
            try daemon.waitForLog("command ignored")
            try #require(try daemon.status(of: "held") == "started")
            let run = try #require(try daemon.members("executions:held").first)
            try send(
                .rq3_0, "rq.command.send_stop_execution_command(redis, 'held', '\(run)')",
                daemon)
            try daemon.waitFor("stopped", of: "held")
        }
    }

    @Test(arguments: senders)
    func `rq suspend and rq resume of each rq hold jobs back and let them go`(
        sender: PythonEnvironment.Release
    ) throws {
        try Application.run(sender) { daemon in
            let rq = try PythonEnvironment(sender).program("rq")
            let url = daemon.server.url
            let suspended = try TestSupport.run([rq, "suspend", "--url", url])
            try #require(suspended.ending == .exited(code: 0))
            _ = try daemon.process("rqd: worker default/0 suspended")
            try Script(sender, on: daemon).enqueue(Call("held", "work.nothing"))
            try #require(try daemon.ids() == ["held"])
            let resumed = try TestSupport.run([rq, "resume", "--url", url])
            try #require(resumed.ending == .exited(code: 0))
            try daemon.waitFor("finished", of: "held")
        }
    }
}
