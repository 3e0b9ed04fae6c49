import RedisKit
import TestSupport
import Testing

struct SettingsTests {
    private let bench: QueueCommandBench
    private let python: PythonEnvironment

    init() throws {
        bench = try QueueCommandBench()
        python = try PythonEnvironment(.rq3_0)
    }

    private func rqd(_ arguments: String..., variables: [String: String] = [:]) throws -> Finished {
        try Program.run(
            arguments, environment: ["VIRTUAL_ENV": python.path].merging(variables) { $1 },
            directory: bench.directory.path)
    }

    @Test func `a worker takes server, queues and name from its settings`() throws {
        try bench.directory.write(
            "settings.py",
            """
            REDIS_URL = '\(bench.server.url(database: 2))'
            QUEUES = ('high', 'default', 'low')
            NAME = 'worker%1024'
            """)
        let finished = try rqd("worker", "-c", "settings", "--burst")
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
        #expect(finished.output.contains("*** Listening on high, default, low...\n"))
        #expect(finished.output.contains(" Worker worker%1024: started with PID "))
        // Redis remembers nothing but that the queues were looked at: the right database.
        let other = try rqd("worker", "-c", "settings.py", "-b", "--name", "n", "one")
        #expect(other.output.contains("*** Listening on one...\n"))
        #expect(other.output.contains(" Worker n: started with PID "))
        let pool = try rqd(
            "worker-pool", "-b", "-n", "2", variables: ["RQ_CONFIG": "./settings.py"])
        let lines = pool.output.split(separator: "\n")
        #expect(lines.count { $0.contains("*** Listening on high, default, low") } == 2)
    }

    @Test func `a worker finds the master through the Sentinels of its settings`() throws {
        let master = try RedisServer(tcp: true)
        let sentinel = try SentinelServer(of: master)
        try bench.directory.write(
            "settings.py",
            """
            SENTINEL = {
                'INSTANCES': [('127.0.0.1', \(sentinel.port))],
                'MASTER_NAME': '\(SentinelServer.master)', 'DB': 2}
            QUEUES = ['sent']
            """)
        let connection = try master.connect(database: 2)
        let code = """
            import redis, rq, sys
            queue = rq.Queue('sent', connection=redis.Redis.from_url(sys.argv[1]))
            queue.enqueue(max, 1, 2, job_id='a')
            """
        _ = try python.run(script: code, arguments: [master.url(database: 2)])
        let finished = try rqd("worker", "-c", "settings", "--burst")
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
        #expect(try connection.call(Command("HGET", "rq:job:a", "status")).text == "finished")
    }

    @Test func `flags win over variables, variables over settings`() throws {
        try bench.fill("there", count: 1)
        try bench.directory.write("settings.py", "REDIS_URL = 'unix:///nowhere/settings'\n")
        let variables = ["RQ_REDIS_URL": "unix:///nowhere/variable", "RQ_CONFIG": "settings"]
        let flag = try rqd("info", "-r", "-u", bench.server.url, variables: variables)
        #expect(flag.output == "queue there 1, 0 executing, 0 finished, 0 failed\n")
        let variable = try rqd("info", "-c", "settings", variables: variables)
        #expect(variable.errorOutput.contains("unix:///nowhere/variable: "))
        let settings = try rqd("info", "-c", "settings")
        #expect(settings.errorOutput.contains("unix:///nowhere/settings: "))
        #expect(settings.ending == .exited(code: 69))
    }

    @Test func `without settings the server is that of REDIS_URL`() throws {
        try bench.fill("there", count: 1)
        let found = try rqd("info", "-r", variables: ["REDIS_URL": bench.server.url])
        #expect(found.output == "queue there 1, 0 executing, 0 finished, 0 failed\n")
        let port = ["REDIS_PORT": "tcp://10.0.0.1:6379"]
        let wrong = try rqd("worker", variables: port)
        #expect(wrong.ending == .exited(code: 78))
        #expect(wrong.errorOutput.hasPrefix("REDIS_PORT: must be a whole number, not \"tcp:"))
        #expect(try rqd("worker", "-b", "-u", bench.server.url, variables: port).ending.isSuccess)
    }

    @Test func `classes are those of rq's variables where no flag names them`() throws {
        let worker = try rqd(
            "worker", "-b", "-u", bench.server.url,
            variables: ["RQ_WORKER_CLASS": "rq.worker.RoundRobinWorker"])
        #expect(worker.errorOutput.hasPrefix("WARNING: RoundRobinWorker is deprecated."))
        for name in ["RQ_JOB_CLASS", "RQ_QUEUE_CLASS", "RQ_CONNECTION_CLASS", "RQ_WORKER_CLASS"] {
            let wrong = try rqd("worker", variables: [name: "no name"])
            #expect(wrong.ending == .exited(code: 78))
            #expect(wrong.errorOutput.hasPrefix("\(name): "), "\(wrong.errorOutput)")
        }
    }

    /// Wrong settings, and what is said of them after their path.
    private static let wrong: [(String, String)] = [
        ("A = 1\nB = nothing\n", ":2: NameError: name 'nothing' is not defined"),
        ("A = (\n", ":1: SyntaxError: '(' was never closed"),
        ("def f():\n    raise ValueError('a\\nb')\nf()\n", ":2: ValueError: a b"),
        ("\nINSTALLED_APPS = []\n", ":2: these are Django's settings, not RQ's: "),
        ("import nowhere\n", ":1: ModuleNotFoundError: No module named 'nowhere'"),
        ("raise SystemExit(3)\n", ":1: SystemExit: 3"),
        ("A = 1\nREDIS_PORT = 'x'\n", ":2:14: REDIS_PORT must be a whole number, not \"x\""),
        ("QUEUES = 'default'\n", ":1:10: QUEUES must be a list of names"),
        ("REDIS_URL = 'http://x'\n", ":1:13: redis.url must be a URL that begins with redis://"),
        ("QUEUES = ['a,b']\n", ":1:10: pool.default.queues must hold queue names without commas"),
    ]

    @Test(arguments: wrong)
    func `wrong settings are told in one line with file and line, and status 78`(
        settings: String, message: String
    ) throws {
        let file = try bench.directory.write("settings.py", settings)
        for command in ["worker", "import-settings"] {
            let option = command == "worker" ? ["-c"] : []
            let arguments = [command] + option + ["settings"]
            let finished = try Program.run(
                arguments, environment: ["VIRTUAL_ENV": python.path],
                directory: bench.directory.path)
            guard finished.ending != .exited(code: 0) else { continue }
            #expect(finished.ending == .exited(code: 78))
            #expect(finished.errorOutput.split(separator: "\n").count == 1)
            let start = finished.errorOutput.hasPrefix("rqd: ") ? "rqd: \(file)" : file
            #expect(
                finished.errorOutput.hasPrefix(start + message), "\(finished.errorOutput)")
        }
        let worker = try rqd("worker", "-c", "settings")
        #expect(worker.ending == .exited(code: 78))
    }

    @Test func `settings that are not there are told by their name`() throws {
        let module = try rqd("info", "-c", "no.such")
        #expect(
            module.errorOutput
                == "rqd: settings module no.such: ModuleNotFoundError: No module named 'no'\n")
        #expect(module.ending == .exited(code: 78))
        let file = try rqd("worker", "-c", "./no.conf")
        #expect(file.errorOutput == "./no.conf: cannot be read: No such file or directory\n")
    }

    @Test func `a file of rqd's configures a worker too`() throws {
        let file = try bench.directory.write(
            "rqd.conf",
            """
            [redis]
            url = "\(bench.server.url)"
            [pool.default]
            queues = ["a", "b"]
            workers = 7
            [pool.other]
            queues = ["c"]
            """)
        let finished = try rqd("worker", "-b", "-c", "rqd.conf")
        #expect(finished.output.split(separator: "\n").count { $0.contains("Listening on") } == 1)
        #expect(finished.output.contains("*** Listening on a, b...\n"))
        #expect(try rqd("worker", "-b", "-c", file, "x").output.contains("*** Listening on x...\n"))
    }

    /// Logging that a job can see, and a worker too.
    private static let logging = """
        DICT_CONFIG = {
            'version': 1,
            'formatters': {'own': {'format': 'OWN %(levelname)s %(message)s', 'datefmt': '%Y'}},
            'handlers': {'out': {
                'class': 'logging.StreamHandler', 'formatter': 'own', 'stream': 'ext://sys.stdout'}},
            'root': {'handlers': ['out'], 'level': 'WARNING'},
            'loggers': {'rq.worker': {'level': 'INFO'}, 'shop': {'level': 'DEBUG'}},
        }

        """

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `DICT_CONFIG sets up the logging of the jobs, and the lines of the worker`(
        release: PythonEnvironment.Release
    ) throws {
        let python = try PythonEnvironment(release)
        try bench.directory.write("settings.py", Self.logging)
        try bench.directory.write(
            "shop.py",
            """
            import logging
            def log():
                logging.getLogger('shop').debug('from the job')
                logging.getLogger('elsewhere').info('not wanted')
            """)
        let enqueued = try bench.rqd("enqueue", "shop.log", "--job-id", "j")
        #expect(enqueued.ending == .exited(code: 0))
        let finished = try Program.run(
            ["worker", "-b", "-c", "settings"],
            environment: ["VIRTUAL_ENV": python.path, "RQ_REDIS_URL": bench.server.url],
            directory: bench.directory.path)
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
        #expect(finished.output.contains("\nOWN DEBUG from the job\n"), "\(finished.output)")
        #expect(finished.output.contains("\nOWN INFO default: Job OK (j)\n"))
        #expect(!finished.output.contains("not wanted"))
        let quiet = try Program.run(
            ["worker", "-b", "-q", "-c", "settings"],
            environment: ["VIRTUAL_ENV": python.path, "RQ_REDIS_URL": bench.server.url],
            directory: bench.directory.path)
        #expect(quiet.output == "")
    }

    @Test func `a layout of DICT_CONFIG that the worker cannot have is told, not fatal`() throws {
        let own = Self.logging.replacing("OWN %(levelname)s", with: "%(request_id)s")
        let file = try bench.directory.write("settings.py", own)
        let finished = try rqd("worker", "-b", "-c", "settings", "-u", bench.server.url)
        #expect(finished.ending == .exited(code: 0))
        #expect(
            finished.errorOutput.hasPrefix(
                "rqd: \(file):1:15: DICT_CONFIG's format has the unknown field %(request_id);"))
    }
}

extension Ending {
    fileprivate var isSuccess: Bool { self == .exited(code: 0) }
}
