import Glibc
import TestSupport
import Testing

/// `rqd unit`, by a program that lies in a virtual environment as `pip install` leaves it.
struct UnitTests {
    private let directory: TemporaryDirectory
    private var program: String { directory.file("venv/bin/rqd") }
    private var environment: [String: String] {
        Program.environment.merging([
            "HOME": directory.path, "XDG_CONFIG_HOME": directory.file("config"),
        ]) { $1 }
    }

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["venv", "venv/bin", "venv/share", "venv/share/rqd"] {
            try #require(mkdir(directory.file(name), 0o755) == 0)
        }
        try directory.write("venv/pyvenv.cfg", "")
        let root = PackageRoot.path
        let share = directory.file("venv/share/rqd")
        for file in ["packaging/systemd/rqd.service", "packaging/systemd/rqd@.service"] {
            try #require(try run(["cp", "\(root)/\(file)", share]).ending == .exited(code: 0))
        }
        try #require(try run(["cp", "\(root)/etc/rqd.conf", share]).ending == .exited(code: 0))
        let copy = try run(["cp", try BuiltProgram.rqd(), program])
        try #require(copy.ending == .exited(code: 0), "\(copy.errorOutput)")
    }

    private func unit(_ arguments: String...) throws -> Finished {
        try TestSupport.run([program, "unit"] + arguments, environment: environment)
    }

    @Test func `the unit is the shipped one with the program's place`() throws {
        let printed = try unit()
        #expect(printed.ending == .exited(code: 0), "\(printed.errorOutput)")
        let shipped = try text("\(PackageRoot.path)/packaging/systemd/rqd.service")
        let before = shipped.split(separator: "\n", omittingEmptySubsequences: false)
        let after = printed.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(before.count == after.count)
        let changed = zip(before, after).filter { $0 != $1 }.map { String($1) }
        #expect(
            changed == [
                "ExecStart=\(program) run --config %E/rqd.conf",
                "ExecReload=\(program) reload --socket %t/rqd/control.sock",
            ])
    }

    @Test func `an instance has its own file and names, and the account that was named`() throws {
        let printed = try unit("--instance", "web", "--account", "app")
        #expect(printed.output.contains("\nUser=app\nGroup=app\n"))
        #expect(printed.output.contains("ExecStart=\(program) run --config %E/rqd/%i.conf\n"))
        #expect(printed.output.contains("reload --socket %t/rqd-%i/control.sock\n"))
    }

    @Test(arguments: [["--user"], []])
    func `systemd has nothing to say against it`(arguments: [String]) throws {
        let printed = try TestSupport.run(
            [program, "unit"] + arguments, environment: environment)
        let file = try directory.write("rqd.service", printed.output)
        let verified = try TestSupport.run(
            ["systemd-analyze", "verify", "--man=no"] + arguments + [file])
        let complaints = (verified.output + verified.errorOutput).split(separator: "\n")
            .filter { $0.contains("rqd.service") }
        #expect(complaints == [])
    }

    @Test func `a user's unit asks for nothing that needs privileges`() throws {
        let printed = try unit("--user").output
        for setting in ["User=", "CapabilityBoundingSet=", "ProtectSystem=", "After="] {
            #expect(!printed.contains("\n\(setting)"), "\(setting)")
        }
        for setting in ["NoNewPrivileges=yes", "Type=notify", "WantedBy=default.target"] {
            #expect(printed.contains("\n\(setting)"), "\(setting)")
        }
        #expect(!printed.contains("\n\n\n"))
    }

    @Test func `an installation says each step, keeps what was changed, and can be repeated`()
        throws
    {
        // No manager of this user's runs here: a systemctl that notes its arguments stands for it.
        try directory.write(
            "systemctl", "#!/bin/sh\necho \"$@\" >> \(directory.path)/told\n", mode: 0o755)
        let path = "\(directory.path):\(Program.environment["PATH"] ?? "")"
        func install() throws -> Finished {
            try TestSupport.run(
                [program, "unit", "--user", "--install"],
                environment: environment.merging(["PATH": path]) { $1 })
        }
        let first = try install()
        let unitFile = directory.file("config/systemd/user/rqd.service")
        let configuration = directory.file("config/rqd.conf")
        #expect(first.ending == .exited(code: 0), "\(first.errorOutput)")
        #expect(
            first.output == """
                Wrote \(unitFile).
                Wrote \(configuration).
                Told systemd (daemon-reload).
                Next:
                  edit \(configuration), then \(program) check -c \(configuration) --connect
                  systemctl --user enable --now rqd

                """)
        #expect(try text(directory.file("told")) == "--user daemon-reload\n")
        #expect(try text(unitFile) == unit("--user").output)

        try directory.write("config/rqd.conf", "# mine\n")
        try directory.write("config/systemd/user/rqd.service", "# mine, too\n")
        let second = try install()
        #expect(second.output.contains("Kept the old unit as \(unitFile).old.\n"))
        #expect(second.output.contains("\(configuration) stays as it is.\n"))
        #expect(try text(configuration) == "# mine\n")
        #expect(try text("\(unitFile).old") == "# mine, too\n")
        #expect(try install().output.contains("\(unitFile) is as it should be.\n"))
    }

    @Test func `the interpreter is that of the environment that rqd is installed in`() throws {
        func interpreter(_ environment: [String: String]) throws -> String {
            let shown = try TestSupport.run(
                [program, "check", "--show", "-c", "/dev/null"], environment: environment)
            return shown.output.split(separator: "\n").first { $0.contains("interpreter") }
                .map(String.init) ?? shown.errorOutput
        }
        try #require(symlink("/usr/bin/python3", directory.file("venv/bin/python")) == 0)
        let own = try interpreter(environment)
        #expect(own.contains("\"\(directory.path)/venv/bin/python\""), "\(own)")
        #expect(own.contains("\(directory.path)/venv/pyvenv.cfg"), "\(own)")
        let active = try interpreter(environment.merging(["VIRTUAL_ENV": "/usr"]) { $1 })
        #expect(active.contains("VIRTUAL_ENV"), "\(active)")
    }

    @Test(arguments: [
        (["--user", "--account", "app"], "--account is for the system's manager"),
        (["--instance", "a/b"], "--instance takes letters, digits"),
    ])
    func `a flag that does not fit is told with status 64`(
        arguments: [String], message: String
    ) throws {
        let finished = try TestSupport.run([program, "unit"] + arguments, environment: environment)
        #expect(finished.ending == .exited(code: 64))
        #expect(finished.errorOutput.contains(message), "\(finished.errorOutput)")
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try readFile(path), as: UTF8.self)
    }
}
