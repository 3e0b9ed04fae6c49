import FoundationEssentials
import RedisKit
import TestSupport
import Testing

/// Failures reach Sentry, with its real SDK in the application and a sink in Sentry's place.
@Suite struct SentryTests {
    private let server: RedisServer
    private let sink: ChildProcess
    private let dsn: String

    init() throws {
        server = try RedisServer()
        let python = try PythonEnvironment(.rq3_0).python
        sink = try ChildProcess(
            [python, "\(PackageRoot.path)/Tests/Interop/Scripts/sentry_sink.py", server.url])
        let line = try sink.waitForLine(containing: "port ")
        dsn = "http://topsecret@127.0.0.1:\(line.dropFirst(5))/42"
    }

    @Test func `each failure is reported once, with its job, before the horse ends`() throws {
        try enqueue(
            Call("a", "work.fail", "one"), Call("b", "work.good"),
            Call("d", "work.fail_with", "two"))
        try PythonConsole.of(.rq3_0).run(
            """
            from rq import Retry
            queue = Queue(connection=redis)
            queue.enqueue('work.fail', 'again', job_id='c', retry=Retry(max=2))
            """, redis: server.url)
        let worker = try burst(["--sentry-dsn", dsn])
        try #require(worker.ending == .exited(code: 0), "\(worker.errorOutput)")
        let events = try events()
        #expect(events.map(\.job) == ["a", "d", "c"])
        #expect(events.map(\.function) == ["work.fail", "work.fail_with", "work.fail"])
        #expect(events.map(\.error) == ["ValueError one", "KeyError 'two'", "ValueError again"])
        #expect(events.allSatisfy { $0.mechanism == "rq" && $0.lastFunction.hasPrefix("fail") })
        #expect(!(worker.output + worker.errorOutput).contains("topsecret"))
    }

    @Test func `rq's variables say where, and a horse that runs many jobs reports each`() throws {
        try enqueue(Call("a", "work.fail", "one"), Call("b", "work.fail", "two"))
        let worker = try burst([], ["RQ_SENTRY_DSN": dsn, "RQ_SENTRY_DEBUG": "1"])
        try #require(worker.ending == .exited(code: 0), "\(worker.errorOutput)")
        #expect(try events().map(\.error) == ["ValueError one", "ValueError two"])
        let told = worker.output + worker.errorOutput
        #expect(told.contains("[sentry] DEBUG") && !told.contains("topsecret"))
    }

    @Test func `an application that starts the SDK itself is reported too`() throws {
        let daemon = try Application.daemon(
            pool: "[pool.default.python]\npreload = [\"reporting\"]", on: server,
            environment: ["REPORTING_DSN": dsn])
        try daemon.explain {
            try daemon.start()
            try enqueue(Call("a", "reporting.fail", "own"))
            try daemon.waitFor("failed", of: "a")
            try #require(try events().map(\.error) == ["ValueError own"])
            try #require(!daemon.log.contains("threads"))
        }
    }

    @Test func `a Sentry that is away costs no job`() throws {
        try enqueue(Call("a", "work.fail", "one"), Call("b", "work.good"))
        let worker = try burst(["--sentry-dsn", "http://topsecret@127.0.0.1:1/42"])
        try #require(worker.ending == .exited(code: 0), "\(worker.errorOutput)")
        let redis = try server.connect()
        let states = try ["a", "b"].map {
            try redis.call(Command("HGET", .text("rq:job:\($0)"), "status")).text
        }
        #expect(states == ["failed", "finished"])
    }

    @Test(arguments: ["run"])
    func `without the SDK it is one line with the place, and status 78`(
        command: String
    ) throws {
        let directory = try TemporaryDirectory()
        let python = try PythonEnvironment(.rq2_12).python
        let path = try directory.write(
            "rqd.conf", "[python]\ninterpreter = \"\(python)\"\nsentry_dsn = \"\(dsn)\"\n")
        let finished = try run([try BuiltProgram.rqd(), command, "-c", path])
        #expect(finished.ending == .exited(code: 78))
        #expect(
            finished.errorOutput == """
                \(path):3:14: python.sentry_dsn: cannot load sentry_sdk (sentry_dsn) in \
                \(python): \
                ModuleNotFoundError: No module named 'sentry_sdk'

                """)
    }

    @Test func `the DSN is shown to nobody`() throws {
        let directory = try TemporaryDirectory()
        let python = try PythonEnvironment(.rq3_0).python
        let path = try directory.write(
            "rqd.conf", "[python]\ninterpreter = \"\(python)\"\nsentry_dsn = \"\(dsn)\"\n")
        let shown = try run([try BuiltProgram.rqd(), "check", "--show", "-c", path])
        #expect(shown.ending == .exited(code: 0))
        #expect(shown.output.contains("sentry_dsn = \"***\""))
        #expect(!shown.output.contains("topsecret"))
        let wrong = try burst(["--sentry-dsn", "ftp://topsecret@host/1"])
        #expect(wrong.ending == .exited(code: 78))
        #expect(
            wrong.errorOutput
                == "--sentry-dsn: python.sentry_dsn must be a DSN such as "
                + "\"https://KEY@HOST/PROJECT\"\n")
    }

    /// What an event tells.
    private struct Event {
        let error: String
        let mechanism: String
        let lastFunction: String
        let job: String
        let function: String
    }

    private func events() throws -> [Event] {
        try server.connect().call(Command("LRANGE", "sentry:events", "0", "-1")).array?
            .compactMap(\.text).map { text in
                let decoder = JSONDecoder()
                let event = try decoder.decode(EventBody.self, from: Data(text.utf8))
                let exception = try #require(event.exception.values.last)
                let job = event.extra.job
                return Event(
                    error: "\(exception.type) \(exception.value)",
                    mechanism: exception.mechanism.type,
                    lastFunction: exception.stacktrace.frames.last?.function ?? "",
                    job: job.job_id, function: job.`func`)
            } ?? []
    }

    private func enqueue(_ calls: Call...) throws {
        try Script(release: .rq3_0, url: server.url).enqueue(calls)
    }

    private func burst(
        _ flags: [String], _ variables: [String: String] = [:]
    ) throws -> Finished {
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": try PythonEnvironment(.rq3_0).path]) { $1 }
            .merging(variables) { $1 }
        return try run(
            [
                try BuiltProgram.rqd(), "worker", "--burst", "--url", server.url, "--path",
                Application.directory,
            ] + flags, environment: environment)
    }
}

/// The part of a Sentry event that the tests look at.
private struct EventBody: Decodable {
    let exception: Exceptions
    let extra: Extra

    struct Exceptions: Decodable { let values: [Exception] }
    struct Exception: Decodable {
        let type: String
        let value: String
        let mechanism: Mechanism
        let stacktrace: Stacktrace
    }
    struct Mechanism: Decodable { let type: String }
    struct Stacktrace: Decodable { let frames: [Frame] }
    struct Frame: Decodable { let function: String }
    struct Extra: Decodable {
        let job: Job
        enum CodingKeys: String, CodingKey { case job = "rq-job" }
    }
    struct Job: Decodable {
        let job_id: String
        let `func`: String
    }
}
