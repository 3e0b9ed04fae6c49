import Glibc
import TestSupport
import Testing

/// The applications of `Examples/`, run as their READMEs say.
@Suite struct ExampleTests {
    @Test func `a Django site runs its jobs with rqd, word for word as its README says`() throws {
        let steps = try walk("django", .django, port: "8000")
        // All that the README runs, so that none is passed over by a mistake of ours.
        #expect(steps == 8)
    }

    @Test func `a Flask application runs its jobs with rqd, word for word as its README says`()
        throws
    {
        let steps = try walk("flask", .flask, port: "5000")
        #expect(steps == 6)
    }

    @Test func `what a README prints is compared with care`() {
        #expect(Walkthrough.matches("a 1 b", "a … b"))
        #expect(Walkthrough.matches("x\na 1\ny", "…\na …\n…"))
        #expect(!Walkthrough.matches("a 1 c", "a … b"))
        #expect(!Walkthrough.matches("b a", "…a…b…"))
        #expect(!Walkthrough.matches("a", "b"))
    }

    /// Runs the section "Run" in a copy of the example; what it installs is there already.
    ///
    /// - Returns: how many commands that were.
    private func walk(_ name: String, _ tools: ToolEnvironment, port: String) throws -> Int {
        let server = try RedisServer(tcp: true)
        let directory = try TemporaryDirectory()
        // The usual ports may be taken on this machine; nothing else differs from what is written.
        let ports = ["6379": "\(server.port ?? 0)", port: "\(try LoopbackPort.free())"]
        let copy = try run(
            [
                "/bin/sh", "-c",
                """
                cp -r "$1/." "$2" && rm -rf "$2/venv" "$2/db.sqlite3" &&
                grep -rlZ "$3" "$2" | xargs -0 sed -i "s/$3/$4/g"
                """, "sh", "\(PackageRoot.path)/Examples/\(name)", directory.path, "127.0.0.1:6379",
                "127.0.0.1:\(server.port ?? 0)",
            ])
        try #require(copy.ending == .exited(code: 0), "\(copy.errorOutput)")
        var readme = String(decoding: try readFile(directory.file("README.md")), as: UTF8.self)
        for (usual, ours) in ports { readme = readme.replacing(usual, with: ours) }
        let steps = Walkthrough(readme, section: "Run").steps
        let environment = try variables(tools, directory)
        var servers: [(Walkthrough.Step, ChildProcess)] = []
        do {
            for step in steps {
                if step.goesOn {
                    let process = try ChildProcess(
                        ["/bin/sh", "-c", "exec \(step.command)"], environment: environment,
                        directory: directory.path, mergesErrors: true)
                    servers.append((step, process))
                    let parts = step.expected.split(separator: "…")
                    let longest = parts.max { $0.count < $1.count } ?? ""
                    try process.waitForLine(containing: "\(longest)", timeout: .seconds(30))
                } else {
                    try runToItsEnd(step, environment, directory)
                }
            }
            for (step, process) in servers where step.command.hasPrefix("rqd ") {
                process.send(SIGTERM)
                try #require(try process.wait() == .exited(code: 0))
            }
        } catch {
            directory.keep()
            let logs = servers.map { "$ \($0.command)\n\($1.output)" }.joined(separator: "\n")
            throw HarnessError("\(error)\nThe copy is \(directory.path)\n\(logs)")
        }
        return steps.count
    }

    private func runToItsEnd(
        _ step: Walkthrough.Step, _ environment: [String: String], _ directory: TemporaryDirectory
    ) throws {
        let finished = try run(
            ["/bin/sh", "-c", step.command], environment: environment, directory: directory.path)
        let output = finished.output.hasSuffix("\n") ? "\(finished.output.dropLast())" : ""
        guard finished.ending == .exited(code: 0), Walkthrough.matches(output, step.expected) else {
            throw HarnessError(
                """
                $ \(step.command)
                \(finished.output)\(finished.errorOutput)
                \(finished.ending); its README says:
                \(step.expected)
                """)
        }
    }

    /// What the commands find: what `activate` sets, and the built rqd.
    private func variables(
        _ tools: ToolEnvironment, _ directory: TemporaryDirectory
    ) throws -> [String: String] {
        let environment = try tools.path()
        let rqd = try BuiltProgram.rqd()
        let inherited = inheritedEnvironment()
        let path = [
            "\(environment)/bin", String(rqd.dropLast("/rqd".count)), inherited["PATH"] ?? "",
        ]
        return inherited.merging([
            "VIRTUAL_ENV": environment, "PATH": path.joined(separator: ":"),
            "RQD_CONTROL_SOCKET": directory.file("control"), "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        ]) { $1 }
    }
}
