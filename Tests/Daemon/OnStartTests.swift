import Glibc
import TestSupport
import Testing

/// `on_start`: what a management command would do before its worker works.
@Suite struct OnStartTests {
    private static let hooks = """
        import os
        import time

        with open('imports', 'a') as file:
            file.write('i')

        def schedule():
            with open('starts', 'a') as file:
                file.write('s')

        def fail():
            raise RuntimeError('no\\nplan')

        def hang():
            time.sleep(600)

        def choose():
            if os.path.exists('broken'):
                fail()
            schedule()
        """

    /// A daemon that calls one of the hooks, not yet started.
    private static func daemon(_ hook: String, more: String = "") throws -> Daemon {
        var settings = Daemon.Settings()
        settings.workers = 3
        settings.pool = """
            [pool.default.python]
            preload = ["app.hooks", "app.tasks"]
            on_start = "app.hooks.\(hook)"
            \(more)
            """
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.directory.write("app/hooks.py", hooks)
        return daemon
    }

    @Test func `it is called once for each start and restart, and by nothing else`() throws {
        let daemon = try Self.daemon("schedule")
        try daemon.explain {
            try daemon.start()
            for _ in 0..<3 {
                try daemon.waitFor("finished", of: try daemon.enqueue("add", "1, 2"))
            }
            try #require(try daemon.text(from: "starts") == "s")
            try #require(try daemon.text(from: "imports") == "i")
            // An interpreter that died has another in its place.
            try daemon.process("rqd: stable app.hooks").send(SIGKILL)
            try daemon.waitForLog("stable died")
            _ = try daemon.text(from: "imports", otherThan: "i")
            try daemon.waitFor("finished", of: try daemon.enqueue("add", "1, 2"))
            try #require(try daemon.text(from: "starts") == "s")
            try daemon.tell("restart", "default")
            try daemon.waitFor("finished", of: try daemon.enqueue("add", "1, 2"))
            try #require(try daemon.text(from: "starts") == "ss")
            try daemon.tell("reload")
            try daemon.tell("check", "--connect")
            try #require(try daemon.text(from: "starts") == "ss")
        }
    }

    @Test func `a start whose function raises ends with 78 and says where`() throws {
        let daemon = try Self.daemon("fail")
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait() == .exited(code: 78))
            let line = try #require(
                daemon.log.split(separator: "\n").first { $0.contains("cannot be loaded") })
            try #require(line.contains("cannot run app.hooks.fail (on_start) in "))
            try #require(line.contains("RuntimeError: no\\nplan"))
            try #require(line.contains("app/hooks.py, line 12"))
        }
    }

    @Test func `a start whose function hangs ends with 78 when its time is up`() throws {
        let daemon = try Self.daemon("hang", more: "on_start_timeout = \"1s\"")
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait() == .exited(code: 78))
            try #require(daemon.log.contains("not through after 1 s (on_start_timeout)"))
            try #require(daemon.log.contains("app/hooks.py, line 15"))
        }
    }

    @Test func `a restart whose function raises is refused, and all goes on as before`() throws {
        let daemon = try Self.daemon("choose")
        try daemon.explain {
            try daemon.start()
            try daemon.directory.write("broken", "")
            let restart = try daemon.ask("restart", "default")
            try #require(restart.ending != .exited(code: 0))
            try #require(restart.errorOutput.contains("cannot run app.hooks.choose (on_start)"))
            try daemon.waitFor("finished", of: try daemon.enqueue("add", "1, 2"))
        }
    }
}
