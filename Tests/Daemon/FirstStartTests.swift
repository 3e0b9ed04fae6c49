import Glibc
import TestSupport
import Testing

/// A service whose application cannot be imported says so and ends, instead of trying for ever.
@Suite struct FirstStartTests {
    private static func daemon(
        _ module: String, pool: String = "", heard manager: NotifySocket
    ) throws -> Daemon {
        var settings = Daemon.Settings()
        settings.pool = pool
        settings.environment = ["NOTIFY_SOCKET": manager.path]
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.directory.write("app/tasks.py", module)
        return daemon
    }

    @Test(arguments: [
        ("from app import nothing", "ImportError: cannot import name 'nothing' from 'app'", 1),
        (
            "import os\n\nraise RuntimeError('two\\nlines \\x1b[2J')",
            "RuntimeError: two\\nlines \\x1b[2J", 3
        ),
        ("def f(:\n  pass", "SyntaxError: invalid syntax", 1),
        ("import json\njson.loads('{')", "JSONDecodeError: Expecting property name", 2),
    ])
    func `an application that cannot be imported ends the first start with 78 and the reason`(
        module: String, reason: String, line: Int
    ) throws {
        let manager = try NotifySocket()
        let daemon = try Self.daemon(module, heard: manager)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait(within: .seconds(15)) == .exited(code: 78))
            let place = "\(daemon.directory.file("app/tasks.py")), line \(line))"
            let status = try manager.waitFor("STATUS=cannot load")
            try #require(status.contains("cannot load app.tasks (preload) in "), "\(status)")
            try #require(status.contains(reason) && status.hasSuffix(place), "\(status)")
            let told = daemon.log.split(separator: "\n").filter { $0.contains(reason) }
            try #require(told.count == 1 && told[0].contains("application cannot be loaded"))
            try #require(!daemon.log.contains("\u{1B}"))
            // The check has the same words for it.
            let check = try TestSupport.run(
                [
                    try BuiltProgram.rqd(), "check", "--connect", "-c",
                    daemon.directory.file("rqd.conf"),
                ])
            try #require(check.ending == .exited(code: 78))
            let lines = check.errorOutput.split(separator: "\n")
            try #require(lines.contains { status == "STATUS=\($0)" }, "\(check.errorOutput)")
        }
    }

    @Test func `a worker class that cannot be made ends the first start with 78 and the reason`()
        throws
    {
        let manager = try NotifySocket()
        let module = """
            import rq

            class Picky(rq.Worker):
                def __init__(self, *args, **kwargs):
                    raise TypeError('wants names')
            """
        let daemon = try Self.daemon(
            module, pool: "worker_class = \"app.tasks.Picky\"", heard: manager)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait(within: .seconds(15)) == .exited(code: 78))
            let status = try manager.waitFor("STATUS=cannot load")
            try #require(status.contains("TypeError: wants names"), "\(status)")
            try #require(status.contains("app/tasks.py, line 5"), "\(status)")
        }
    }

    @Test(arguments: ["", "worker_class = \"rq.Worker\"\n"])
    func `an interpreter that cannot be started ends the first start with 78 and the reason`(
        pool: String
    ) throws {
        let manager = try NotifySocket()
        let daemon = try Self.daemon("", pool: pool + "user = \"daemon\"", heard: manager)
        try daemon.explain {
            // The directory is its owner's alone.
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait(within: .seconds(15)) == .exited(code: 78))
            let status = try manager.waitFor("STATUS=cannot start the interpreter")
            try #require(status.contains("Permission denied"), "\(status)")
        }
    }

    @Test func `once it has been up, an application that cannot be imported is tried again`()
        throws
    {
        let daemon = try Self.daemon("", heard: NotifySocket())
        try daemon.explain {
            try daemon.start()
            try daemon.directory.write("app/tasks.py", "import nowhere")
            try daemon.process("rqd: stable app.tasks").send(SIGKILL)
            try daemon.waitForLog("application cannot be loaded")
            try daemon.directory.write("app/tasks.py", "")
            _ = try daemon.process("rqd: stable app.tasks")
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
        }
    }

    @Test func `an import that does not end is shown with its place`() throws {
        let manager = try NotifySocket()
        let module = "import socket\nmine, theirs = socket.socketpair()\nmine.recv(1)\n"
        let daemon = try Self.daemon(module, heard: manager)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let told = try daemon.waitForLog(
                "application is still being loaded", within: .seconds(20))
            let place = "\(daemon.directory.file("app/tasks.py")), line 3, in <module>"
            try #require(told.contains("subject=\"app.tasks (preload)\""), "\(told)")
            try #require(told.contains(place), "\(told)")
            let status = try manager.waitFor("STATUS=0/1 workers; app.tasks (preload) is not")
            try #require(status.hasSuffix("loaded after 10 s: \(place)"), "\(status)")
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            try manager.waitFor("STATUS=stopped")
        }
    }
}
