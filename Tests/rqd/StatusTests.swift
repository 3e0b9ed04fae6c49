import Glibc
import TestSupport
import Testing

struct StatusTests {
    @Test func `without a daemon the status is 69 and says where it was looked for`() throws {
        let finished = try Program.run("status", "--socket", "/tmp/rqd-nobody.sock")
        #expect(finished.ending == .exited(code: 69))
        #expect(
            finished.errorOutput
                == "rqd: no rqd answers at /tmp/rqd-nobody.sock: No such file or directory\n")
        #expect(finished.output == "")
    }

    @Test func `a daemon without a control socket cannot be asked`() throws {
        let finished = try Program.run("status", "--set", "control.socket=")
        #expect(finished.ending == .exited(code: 78))
        #expect(finished.errorOutput.contains("control.socket is empty"))
    }

    /// The configuration of a daemon whose Redis is away: its workers keep trying.
    private func configuration(in directory: TemporaryDirectory) throws -> String {
        try directory.write(
            "rqd.conf",
            """
            [redis]
            url = "unix://\(directory.file("redis.sock"))"
            [python]
            interpreter = "\(try PythonEnvironment(.rq3_0).python)"
            [pool.web]
            workers = 2
            queues = ["high", "default"]
            [control]
            socket = "\(directory.file("control.sock"))"
            [log]
            format = "text"
            """)
    }

    @Test func `a daemon answers with its slots, and takes its socket along`() throws {
        let directory = try TemporaryDirectory()
        let file = try configuration(in: directory)
        let process = try Program.start("run", "-c", file)
        try process.waitForLine(containing: "rqd.master: master started")

        let table = try Program.run("status", "-c", file)
        #expect(table.ending == .exited(code: 0), "\(table.errorOutput)")
        let lines = table.output.split(separator: "\n")
        let beginnings = [
            "SLOT  ", "web/0 ", "web/1 ", "POOL  ", "web   ", "Redis:", "Schedu", "rqd 0.",
        ]
        #expect(lines.map { String($0.prefix(6)) } == beginnings)
        #expect(lines.last?.contains("pid \(process.pid), up ") == true)
        #expect(lines.last?.contains(": 0/2 workers") == true)

        let json = try Program.run("status", "-c", file, "--json")
        #expect(json.output.hasPrefix("{\"jobs_failed\":0,\"jobs_succeeded\":0,\"log_level\":"))
        #expect(json.output.contains("\"queues\":[\"high\",\"default\"]"))
        #expect(json.output.split(separator: "\n").count == 1)

        process.send(SIGTERM)
        #expect(try process.wait() == .exited(code: 0), "\(process.errorOutput)")
        #expect(access(directory.file("control.sock"), F_OK) == -1)
    }

    @Test func `who watches the status sees the service go and come again`() throws {
        let directory = try TemporaryDirectory()
        let file = try configuration(in: directory)
        let first = try Program.start("run", "-c", file)
        try first.waitForLine(containing: "rqd.master: master started")
        let watcher = try Program.start("status", "-c", file, "--watch", "--json")
        try watcher.waitForLine(containing: "\"pid\":\(first.pid),")
        first.send(SIGTERM)
        #expect(try first.wait() == .exited(code: 0))
        try watcher.waitForLine(containing: "no rqd answers at")
        let second = try Program.start("run", "-c", file)
        try watcher.waitForLine(containing: "\"pid\":\(second.pid),")
    }

    @Test func `a second daemon on the same socket is refused`() throws {
        let directory = try TemporaryDirectory()
        let file = try configuration(in: directory)
        let first = try Program.start("run", "-c", file)
        try first.waitForLine(containing: "rqd.master: master started")
        let second = try Program.run("run", "-c", file)
        #expect(second.ending == .exited(code: 78))
        #expect(second.errorOutput.contains("another rqd answers at the control socket"))
        #expect(try Program.run("status", "-c", file).ending == .exited(code: 0))
    }

    @Test func `signals that the parent ignored stop it all the same`() throws {
        let directory = try TemporaryDirectory()
        let file = try configuration(in: directory)
        let program = try BuiltProgram.rqd()
        let process = try ChildProcess(
            ["sh", "-c", "trap '' TERM INT; exec '\(program)' run -c '\(file)'"],
            environment: Program.environment)
        try process.waitForLine(containing: "rqd.master: master started")
        process.send(SIGTERM)
        #expect(try process.wait() == .exited(code: 0))
    }
}
