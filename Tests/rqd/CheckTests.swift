import TestSupport
import Testing

struct CheckTests {
    private static let mistakes = """
        [redis]
        url = "redis://127.0.0.1:6379/0"
        [pool.web]
        workers = "four"
        queue = ["high"]
        """
    private static let small = "[pool.web]\nworkers = 2\nqueues = [\"high\"]\n"

    @Test(arguments: ["run", "check", "status"])
    func `a wrong file is told with line and column and status 78`(command: String) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("rqd.conf", Self.mistakes)
        let finished = try Program.run(command, "-c", file)
        #expect(finished.ending == .exited(code: 78))
        #expect(
            finished.errorOutput == """
                \(file):4:11: pool.web.workers must be a whole number from 0 to 4096, not "four"
                \(file):5:1: unknown key pool.web.queue; did you mean pool.web.queues?

                """)
        #expect(finished.output == "")
    }

    @Test func `a file that is not there is told with status 78`() throws {
        let finished = try Program.run("check", "-c", "/nowhere/rqd.conf")
        #expect(finished.ending == .exited(code: 78))
        #expect(
            finished.errorOutput
                == "/nowhere/rqd.conf: cannot be read: No such file or directory\n")
    }

    @Test(arguments: ["run", "check"])
    func `an interpreter that is not there is told with status 78`(command: String) throws {
        let finished = try Program.run(
            command, "--set", "python.interpreter=/nowhere/python", "--set", "control.socket=")
        #expect(finished.ending == .exited(code: 78))
        #expect(finished.errorOutput.contains("/nowhere/python: No such file or directory\n"))
    }

    @Test func `a right file is summed up`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("rqd.conf", Self.small)
        let finished = try Program.run("check", "-c", file)
        #expect(finished.output == "configuration is right: 1 pool, 2 workers, from \(file)\n")
        #expect(finished.errorOutput == "")
        #expect(finished.ending == .exited(code: 0))
    }

    @Test func `the merged configuration is shown with the origin of each value`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("rqd.conf", Self.small)
        let finished = try Program.run(
            "check", "-c", file, "--show", "--set", "log.level=debug",
            "--set", "redis.url=redis://:secret@localhost", environment: ["RQD_LOG_FORMAT": "text"])
        #expect(finished.ending == .exited(code: 0))
        let lines = finished.output.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        for line in [
            "[pool.web]", "workers = 2 # \(file):2:11", "level = \"debug\" # --set",
            "format = \"text\" # RQD_LOG_FORMAT", "result_ttl = 500 # default",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(!finished.output.contains("secret"))
    }

    @Test func `with connect, Redis and the interpreter are tried`() throws {
        let server = try RedisServer()
        let python = try PythonEnvironment(.rq3_0)
        let directory = try TemporaryDirectory()
        try directory.write("shop.py", "print('imported')\n")
        let finished = try Program.run(
            "check", "--connect", "--set", "redis.url=\(server.url)",
            "--set", "python.interpreter=\(python.python)",
            "--set", "python.directory=\(directory.path)", "--set", "python.preload=shop")
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
        #expect(finished.output.contains("all commands are allowed\n"))
        #expect(finished.output.contains("rq 3.0.0, imports work\n"))
        #expect(finished.output.contains("configuration is right: 1 pool"))
    }

    @Test(arguments: [
        ("Right", nil), ("Demanding", "missing 1 required keyword-only argument: 'needed'"),
        ("Named", "expected names of queues"),
    ])
    func `with connect, the worker class's object is made as the service makes it`(
        name: String, why: String?
    ) throws {
        let server = try RedisServer()
        let directory = try TemporaryDirectory()
        try directory.write("shop.py", Self.workerClasses)
        let finished = try Program.run(
            "check", "--connect", "--set", "redis.url=\(server.url)",
            "--set", "python.interpreter=\(try PythonEnvironment(.rq3_0).python)",
            "--set", "python.directory=\(directory.path)",
            "--set", "pool.default.worker_class=shop.\(name)")
        #expect(
            finished.ending == .exited(code: why == nil ? 0 : 78), "\(finished.errorOutput)")
        guard let why else { return }
        let lines = finished.errorOutput.split(separator: "\n").filter { $0.contains(why) }
        #expect(lines.count == 1, "\(finished.errorOutput)")
        #expect(lines.first?.hasPrefix("cannot load worker_class shop.\(name) in ") == true)
        #expect(lines.first?.contains("shop.py, line ") == (name == "Named"), "\(lines)")
    }

    private static let workerClasses = """
        from rq import Worker

        class Right(Worker):
            pass

        class Demanding(Worker):
            def __init__(self, queues, *, needed, **values):
                super().__init__(queues, **values)

        class Named(Worker):
            def __init__(self, queues, **values):
                if not all(isinstance(queue, str) for queue in queues):
                    raise ValueError('expected names of queues')
                super().__init__(queues, **values)

        """

    @Test(arguments: [
        ("rq.SimpleWorker", nil), ("rq.Worker", nil),
        ("rq.Queue", "worker_class rq.Queue is not an RQ worker class"),
        ("rq.NoWorker", "Invalid attribute name: NoWorker"),
    ])
    func `with connect, a worker class is looked for`(name: String, complaint: String?) throws {
        let server = try RedisServer()
        let finished = try Program.run(
            "check", "--connect", "--set", "redis.url=\(server.url)",
            "--set", "python.interpreter=\(try PythonEnvironment(.rq3_0).python)",
            "--set", "pool.default.worker_class=\(name)")
        #expect(finished.ending == .exited(code: complaint == nil ? 0 : 78))
        #expect(finished.errorOutput.contains(complaint ?? ""), "\(finished.errorOutput)")
    }

    @Test func `all that is wrong is listed, and the worst decides the status`() throws {
        let python = try PythonEnvironment(.rq3_0)
        let nobody = "redis.url=unix:///tmp/rqd-nobody.sock"
        let away = try Program.run(
            "check", "--connect", "--set", nobody, "--set", "python.interpreter=\(python.python)")
        #expect(away.ending == .exited(code: 69))
        #expect(away.errorOutput.contains("/tmp/rqd-nobody.sock: No such file or directory"))

        let both = try Program.run(
            "check", "--connect", "--set", nobody, "--set", "python.interpreter=\(python.python)",
            "--set", "python.preload=shop")
        #expect(both.ending == .exited(code: 78))
        #expect(both.errorOutput.contains("/tmp/rqd-nobody.sock: No such file or directory"))
        #expect(
            both.errorOutput.contains(
                "\(python.python): ModuleNotFoundError: No module named 'shop'\n"))
        #expect(!both.output.contains("configuration is right"))
    }
}
