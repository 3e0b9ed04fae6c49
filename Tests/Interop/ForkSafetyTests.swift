import TestSupport
import Testing

/// What an import has left that a fork does not copy is named before the first job.
@Suite struct ForkSafetyTests {
    private static func daemon(
        _ module: String, leaving kind: String = "", _ python: String = "",
        on server: RedisServer
    ) throws -> Daemon {
        try Application.daemon(
            pool: "[pool.default.python]\npreload = [\"\(module)\"]\n\(python)\n", on: server,
            environment: [
                "LEAVES": kind, "STORE": server.url, "PORT": "\(server.port ?? 0)",
            ])
    }

    private static func check(_ daemon: Daemon, _ kind: String, _ server: RedisServer) throws
        -> Finished
    {
        try TestSupport.run(
            [
                try BuiltProgram.rqd(), "check", "--connect", "-c",
                daemon.directory.file("rqd.conf"),
            ],
            environment: inheritedEnvironment().merging(
                ["LEAVES": kind, "STORE": server.url, "PORT": "\(server.port ?? 0)"]) { $1 })
    }

    @Test(arguments: [
        ("thread", "threads running", "sleepy"),
        ("native", "native threads running", "unnamed"),
        ("executor", "executor with threads running", "pool_0"),
        ("connection", "connection open to 127.0.0.1", ""),
        ("loop", "event loop open", ""),
    ])
    func `what an import leaves is named in the log, the status and the check`(
        kind: String, what: String, threads: String
    ) throws {
        let server = try RedisServer(tcp: true)
        let daemon = try Self.daemon("threaded", leaving: kind, on: server)
        try daemon.explain {
            try daemon.start()
            let line = try daemon.waitForLog("application is not safe to fork")
            try #require(line.contains(what) && line.contains("import=threaded"), "\(line)")
            try #require(line.contains(threads) && line.contains("help="), "\(line)")
            let told = "threaded is not safe to fork: \(what)"
            let status = try daemon.ask("status")
            try #require(status.output.contains(told), "\(status.output)")
            let check = try Self.check(daemon, kind, server)
            try #require("\(check.output)\(check.errorOutput)".contains(told), "\(check)")
        }
    }

    @Test func `an application that is not safe to fork is refused where that is wanted`() throws {
        let server = try RedisServer()
        let daemon = try Self.daemon(
            "threaded", leaving: "thread", "on_unsafe_fork = \"refuse\"", on: server)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait(within: .seconds(15)) == .exited(code: 78))
            try #require(daemon.log.contains("application cannot be loaded"))
            try #require(daemon.log.contains("threads running (sleepy), after the import of"))
            let check = try Self.check(daemon, "thread", server)
            try #require(check.ending == .exited(code: 78))
            try #require(check.errorOutput.contains("not safe to fork: threads"), "\(check)")
        }
    }

    @Test func `what forks well is not named`() throws {
        let server = try RedisServer()
        let daemon = try Self.daemon("quiet", "on_unsafe_fork = \"refuse\"", on: server)
        try daemon.explain {
            try daemon.start()
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("a", "quiet.look"))
            try daemon.waitFor("finished", of: "a")
            try #require(!daemon.log.contains("not safe to fork"))
        }
    }

    @Test func `jobs of an application that gevent has patched run, end and are stopped`() throws {
        let server = try RedisServer()
        let daemon = try Self.daemon("greenlets", "on_unsafe_fork = \"refuse\"", on: server)
        try daemon.explain {
            try daemon.start()
            let script = Script(.rq3_0, on: daemon)
            for round in 0..<3 {
                try script.enqueue(Call("plain\(round)", "greenlets.plain"))
                try script.enqueue(Call("program\(round)", "greenlets.run_program"))
                try script.enqueue(Call("kill\(round)", "greenlets.kill_itself"))
            }
            for round in 0..<3 {
                try daemon.waitFor("finished", of: "plain\(round)")
                try daemon.waitFor("finished", of: "program\(round)")
                try daemon.waitFor("failed", of: "kill\(round)")
                try #require(try script.report("program\(round)").value == "'two'")
            }
            try script.enqueue(Call("stopped", "greenlets.sleep"))
            try daemon.waitFor("started", of: "stopped")
            try daemon.tell("stop-job", "stopped")
            try daemon.waitFor("stopped", of: "stopped")
            try #require(!daemon.log.contains("slot stable lost"))
        }
    }
}
