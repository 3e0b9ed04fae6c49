import RQ
import RedisKit
import TestSupport

/// A private server, a client on it, and Python's own rq beside it.
struct ClientBench {
    let server: RedisServer
    let client: Client
    let queue: Queue
    private let directory: TemporaryDirectory

    /// What the jobs of the tests call.
    private static let tasks = """
        import time
        from rq import get_current_job

        def echo(*args, **kwargs):
            return {'args': list(args), 'kwargs': kwargs}

        def fail(text):
            raise ValueError(text)

        def note(job, connection, *rest):
            connection.rpush('notes', job.id)

        def pause(seconds):
            time.sleep(seconds)
        """

    init(serializer: Serializer = .pickle) throws {
        server = try RedisServer()
        client = Client(try server.connect(), serializer: serializer)
        queue = Queue("default", on: client)
        directory = try TemporaryDirectory()
        try directory.write("tasks.py", Self.tasks)
    }

    /// Runs Python code that knows `r`, the server, and rq's own classes.
    @discardableResult
    func python(
        _ code: String, release: PythonEnvironment.Release = .rq3_0
    ) throws -> String {
        let prelude = """
            import json, pickle, sys, zlib
            from redis import Redis
            from rq import Queue, Worker, Retry
            from rq.job import Callback, Dependency, Job
            r = Redis.from_url(sys.argv[1])
            q = Queue('default', connection=r)

            """
        return try PythonEnvironment(release).run(
            script: prelude + code, arguments: [server.url], directory: directory.path)
    }

    /// Starts `rq worker`.
    func worker(
        _ arguments: String..., release: PythonEnvironment.Release = .rq3_0
    ) throws -> ChildProcess {
        let program = try PythonEnvironment(release).program("rq")
        return try ChildProcess(
            [program, "worker", "--url", server.url] + arguments, directory: directory.path)
    }

    /// Runs all jobs that are there with `rq worker --burst`.
    func work(_ arguments: String..., release: PythonEnvironment.Release = .rq3_0) throws {
        let program = try PythonEnvironment(release).program("rq")
        let finished = try run(
            [program, "worker", "--burst", "--url", server.url] + arguments,
            directory: directory.path)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("rq worker \(finished.ending):\n\(finished.errorOutput)")
        }
    }

    /// Every key there is, sorted.
    func keys() throws -> [String] {
        let reply = try client.connection.call(Command("KEYS", "*"))
        return (reply.array ?? []).compactMap(\.text).sorted()
    }

    /// One command's reply.
    func ask(_ words: String...) throws -> ReplyValue {
        var command = Command(words[0])
        for word in words.dropFirst() { command.append(.text(word)) }
        return try client.connection.call(command)
    }
}
