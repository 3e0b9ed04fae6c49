import Glibc
import RedisKit
import TestSupport
import Testing

struct WorkerTests {
    @Test(arguments: [
        (["--url", "http://x"], "--url: "), (["--results-ttl", "x"], "--results-ttl: "),
        (["--max-jobs", "-1"], "--max-jobs: "), (["--name", ""], "--name: "),
        (["--serializer", "no such"], "--serializer: "), (["a,b"], "QUEUES: "),
        (["--worker-ttl", "soon"], "--worker-ttl: "),
        (["--job-monitoring-interval", "0"], "--job-monitoring-interval: "),
        (["--max-idle-time", "soon"], "--max-idle-time: "),
        (["-ds", "fair"], "--dequeue-strategy: "),
        (["--sentry-debug", "loud"], "--sentry-debug: "),
    ])
    func `a wrong value is told by its flag with status 78`(
        arguments: [String], start: String
    ) throws {
        let finished = try Program.run(["worker"] + arguments)
        #expect(finished.ending == .exited(code: 78))
        #expect(finished.errorOutput.hasPrefix(start), "\(finished.errorOutput)")
    }

    @Test(arguments: [["worker", "--burst"], ["worker-pool", "--burst"]])
    func `a burst without Redis ends with 69 and a line once connect_timeout has passed`(
        command: [String]
    ) throws {
        let directory = try TemporaryDirectory()
        let url = "unix://\(directory.file("no.sock"))?socket_connect_timeout=0.3"
        let finished = try Program.run(command + ["--url", url])
        #expect(finished.ending == .exited(code: 69), "\(finished.errorOutput)")
        let line = "rqd: cannot connect to unix://\(directory.file("no.sock")): No such file"
        #expect(finished.errorOutput.hasPrefix(line), "\(finished.errorOutput)")
    }

    @Test(arguments: [[], ["--burst"]])
    func `a suspended RQ is told at the start, with status 1, as rq does`(more: [String]) throws {
        let server = try RedisServer()
        try server.connect().call(Command("SET", "rq:suspended", "1"))
        let finished = try Program.run(["worker", "--url", server.url] + more)
        #expect(finished.ending == .exited(code: 1), "\(finished.errorOutput)")
        let line = "RQ is currently suspended, to resume job execution run \"rq resume\"\n"
        #expect(finished.output == line)
    }

    @Test func `a pid file that cannot be written is told with status 78`() throws {
        let finished = try Program.run("worker", "--pid", "/nowhere/pid")
        #expect(finished.ending == .exited(code: 78))
        #expect(finished.errorOutput == "rqd: --pid /nowhere/pid: No such file or directory\n")
    }

    /// An application, and a Redis with two of its jobs: one returns and one raises.
    private final class Shop {
        let server: RedisServer
        let python: PythonEnvironment
        let directory: TemporaryDirectory

        init() throws {
            server = try RedisServer()
            python = try PythonEnvironment(.rq3_0)
            directory = try TemporaryDirectory()
            try directory.write(
                "shop.py",
                """
                def add(a, b):
                    print('adding')
                    return a + b
                def fail():
                    raise ValueError('boom')
                """)
            try run(
                """
                rq.Queue('low', connection=connection).enqueue(shop.add, 1, 2, job_id='first')
                rq.Queue('high', connection=connection).enqueue(shop.fail, job_id='second')
                """)
        }

        /// Runs Python code that finds a `connection`.
        @discardableResult
        func run(_ script: String) throws -> String {
            try python.run(
                script: """
                    import sys, redis, rq, shop
                    connection = redis.Redis(unix_socket_path=sys.argv[1])
                    \(script)
                    """, arguments: [server.socketPath], directory: directory.path)
        }

        var variables: [String: String] {
            ["RQ_REDIS_URL": server.url, "VIRTUAL_ENV": python.path]
        }
    }

    /// Has a worker empty the queues.
    private func burst(_ flags: [String]) throws -> Finished {
        let shop = try Shop()
        return try Program.run(
            ["worker", "--burst", "--name", "host%1"] + flags + ["high", "low"],
            environment: shop.variables, directory: shop.directory.path)
    }

    @Test func `a burst prints what users of rq worker know`() throws {
        let finished = try burst([])
        #expect(finished.ending == .exited(code: 0))
        let messages = finished.output.split(separator: "\n").map { line in
            line.prefix(8).count { $0 == ":" } == 2 ? line.dropFirst(9) : line
        }
        let expected = [
            "Worker host%1: started with PID ", "Worker host%1: subscribing to channel rq:pubsub:",
            "*** Listening on high, low...", "high: shop.fail() (second)",
            "low: shop.add(1, 2) (first)", "adding",
            "Successfully completed shop.add(1, 2) job in 0:00:0", "low: Job OK (first)",
            "Result is kept for 500 seconds", "Worker host%1: done, quitting",
        ]
        #expect(messages.count == expected.count, "\(finished.output)")
        for (message, start) in zip(messages, expected) { #expect(message.hasPrefix(start)) }
        #expect(
            finished.errorOutput.contains(
                "Job second: exception raised while executing (shop.fail)\nTraceback (most "))
        #expect(finished.errorOutput.hasSuffix("\nValueError: boom\n"))
    }

    @Test func `lines are laid out as the flags of rq worker say`() throws {
        let finished = try burst([
            "--log-format", "%(levelname)-8s|%(name)s|%(asctime)s|%(message)s", "--date-format",
            "at %Y",
        ])
        let start = "INFO    |rq.worker|at 2"
        let lines = finished.output.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix(start) } == lines.count - 1, "\(finished.output)")
        #expect(lines.contains { $0.hasPrefix(start) && $0.hasSuffix("|low: Job OK (first)") })
        #expect(finished.errorOutput.hasPrefix("ERROR   |rq.worker|at 2"))
    }

    @Test(arguments: [["--logging-level", "WARNING"], ["--logging_level", "error"]])
    func `a logging level leaves out what is less`(flags: [String]) throws {
        let finished = try burst(flags)
        #expect(finished.ending == .exited(code: 0))
        #expect(finished.output == "adding\n")
    }

    @Test func `quiet leaves the job's own output and what went wrong`() throws {
        let finished = try burst(["--quiet"])
        #expect(finished.ending == .exited(code: 0))
        #expect(finished.output == "adding\n")
        #expect(finished.errorOutput.hasSuffix("\nValueError: boom\n"))
    }

    @Test func `without descriptions the ids are logged`() throws {
        let finished = try burst(["--disable-job-desc-logging", "--results-ttl", "-1"])
        #expect(finished.output.contains(" low: first\n"), "\(finished.output)")
        #expect(finished.output.contains(" Successfully completed job first in 0:00:0"))
        #expect(finished.output.contains(" Result is kept for ever"))
        #expect(!finished.output.contains("shop.add(1, 2)"))
    }

    @Test func `a pool of workers empties the queues and ends`() throws {
        let shop = try Shop()
        let finished = try Program.run(
            ["worker-pool", "-n", "3", "--burst", "-l", "info", "high", "low"],
            environment: shop.variables, directory: shop.directory.path)
        #expect(finished.ending == .exited(code: 0))
        let lines = finished.output.split(separator: "\n")
        #expect(lines.count { $0.contains(": started with PID ") } == 3, "\(finished.output)")
        #expect(lines.count { $0.contains("*** Listening on high, low...") } == 3)
        #expect(lines.count { $0.hasSuffix(" low: Job OK (first)") } == 1)
        #expect(lines.count { $0.hasSuffix(": done, quitting") } == 3)
        #expect(finished.errorOutput.hasSuffix("\nValueError: boom\n"))
        #expect(try shop.run("print(rq.Worker.count(connection=connection))") == "0\n")
    }

    @Test func `a pool of workers stops warm, and its first signal is enough`() throws {
        let shop = try Shop()
        let process = try Program.start(
            "worker-pool", "--num-workers", "2", "low",
            environment: shop.variables,
            directory: shop.directory.path)
        try process.waitForLine(containing: "low: Job OK (first)")
        process.send(SIGTERM)
        #expect(try process.wait() == .exited(code: 0))
        #expect(try shop.run("print(rq.Worker.count(connection=connection))") == "0\n")
    }

    @Test func `a log that nobody reads any more does not stop the work`() throws {
        let shop = try Shop()
        let command = "'\(try BuiltProgram.rqd())' worker --burst high low 2>&1 | true"
        let finished = try run(
            ["bash", "-c", "\(command); exit ${PIPESTATUS[0]}"],
            environment: Program.environment.merging(shop.variables) { $1 },
            directory: shop.directory.path)
        #expect(finished.ending == .exited(code: 0))
        let status = try shop.run("print(rq.job.Job.fetch('first', connection).get_status().value)")
        #expect(status == "finished\n")
    }

    @Test func `the pid file holds the process that takes the signals`() throws {
        let directory = try TemporaryDirectory()
        let python = try PythonEnvironment(.rq3_0)
        let process = try Program.start(
            "worker", "--pid", directory.file("pid"), "--verbose",
            "-u", "unix://\(directory.file("away.sock"))",
            environment: ["VIRTUAL_ENV": python.path])
        try process.waitForLine(containing: "master started")
        let text = String(decoding: try readFile(directory.file("pid")), as: UTF8.self)
        #expect(text == "\(process.pid)\n")
        process.send(SIGINT)
        #expect(try process.wait() == .exited(code: 0))
    }
}
