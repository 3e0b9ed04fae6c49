import Glibc
import TestSupport
import Testing

/// A daemon in the foreground of a terminal, where a person presses Ctrl-C.
@Suite struct TerminalTests {
    @Test func `Ctrl-C reaches the master alone: the first stops warmly`() throws {
        let daemon = try atTerminal()
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let master = try daemon.process("rqd: master")
            for process in daemon.family where process.pid != master.pid {
                try #require(getpgid(process.pid) != getpgid(master.pid))
            }
            Self.pressControlC(daemon)
            try daemon.waitForLog("warm stop")
            try #require(horse.isAlive)
            try daemon.release("a")
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.status(of: job) == "finished")
            try #require(try daemon.traces() == [])
        }
    }

    @Test func `the second Ctrl-C ends horses and their children within a second`() throws {
        let daemon = try atTerminal()
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold_with_child", "'a'")
            let doomed = try ["a.pid", "a.child"].map { try daemon.process(from: $0) }
            Self.pressControlC(daemon)
            try daemon.waitForLog("warm stop")
            // Sooner, it would be the same press of the key.
            let first = Stopwatch()
            try eventually("a second") { first.elapsed > .seconds(1) }
            Self.pressControlC(daemon)
            let watch = Stopwatch()
            for process in doomed { try process.waitForEnd(within: .seconds(1) - watch.elapsed) }
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.ids() == [job])
            try #require(try daemon.status(of: job) == "queued")
            try #require(try daemon.traces() == [])
        }
    }

    private func atTerminal() throws -> Daemon {
        var settings = Daemon.Settings()
        settings.wrapper = ["python3", "-c", Self.terminal]
        return try Daemon(settings, on: RedisServer())
    }

    private static func pressControlC(_ daemon: Daemon) { daemon.send(SIGUSR1) }

    /// Runs a program at a terminal of its own, whose output it copies; types Ctrl-C at SIGUSR1.
    private static let terminal = """
        import os, pty, signal, sys

        pid, screen = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        signal.signal(signal.SIGUSR1, lambda *_: os.write(screen, b'\\x03'))
        try:
            while data := os.read(screen, 65536):
                os.write(1, data.replace(b'\\r\\n', b'\\n'))
        except OSError:
            pass  # the last process at the terminal has ended
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

        """
}
