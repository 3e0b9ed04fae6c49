import Glibc
import RedisKit

/// The built rqd with a Redis and an application of its own, gone with its owner.
///
///     try Daemon.run(workers: 2) { daemon in
///         let job = try daemon.enqueue("hold", "'a'")
///         let horse = try daemon.process(from: "a.pid")
///         …
///     }
///
/// The application is `app/tasks.py` in the daemon's directory; see `DaemonApplication`. When
/// the body throws, the error is told with the daemon's log, and the directory stays.
public final class Daemon {
    /// Where it keeps its jobs.
    public let server: RedisServer
    /// How it is set up.
    public let settings: Settings
    /// Its directory, where its jobs run.
    public let directory: TemporaryDirectory

    /// The rqd that it runs, where other users reach it if they must.
    public let program: String
    /// Copies of the programs, where others may not reach those of this clone.
    private let tools: TemporaryDirectory?
    private var child: ChildProcess?
    private var earlierLogs = ""

    /// What differs from one daemon to the next.
    public struct Settings {
        /// Workers of the pool `default`.
        public var workers = 1
        /// The pool's queues.
        public var queues = ["default"]
        /// Further lines of the pool's section, in TOML.
        public var pool = ""
        /// The rq that its jobs run with.
        public var release = PythonEnvironment.Release.rq3_0
        /// Where another application lies, of which `work` is preloaded; nil for `app.tasks`.
        public var application: String?
        /// Added to the environment.
        public var environment: [String: String] = [:]
        /// Another rqd than the one that was built; nil for that.
        public var program: String?
        /// Whether other users than the test's must be able to read what it is made of.
        public var isForOthers = false
        /// A program, with its arguments, that starts rqd.
        public var wrapper: [String] = []

        /// One worker on the queue `default`.
        public init() {}
    }

    /// Starts a daemon, waits until its workers listen, and ends it after the body.
    ///
    /// - Parameters:
    ///   - workers: how many.
    ///   - queues: the most urgent first.
    ///   - pool: further lines of the pool's section, in TOML.
    ///   - redis: options for redis-server.
    ///   - body: the test.
    /// - Throws: what the body throws, with the daemon's log.
    public static func run(
        workers: Int = 1, queues: [String] = ["default"], pool: String = "",
        redis: [String] = [], _ body: (Daemon) throws -> Void
    ) throws {
        var settings = Settings()
        (settings.workers, settings.queues, settings.pool) = (workers, queues, pool)
        let daemon = try Daemon(settings, on: RedisServer(arguments: redis))
        try daemon.explain {
            try daemon.start()
            try body(daemon)
        }
    }

    /// Writes its files; starts nothing.
    ///
    /// - Parameters:
    ///   - settings: what differs from the usual.
    ///   - server: where it keeps its jobs.
    /// - Throws: if there is no such Python, or no place for the files.
    public init(_ settings: Settings, on server: RedisServer) throws {
        self.settings = settings
        self.server = server
        directory = try TemporaryDirectory()
        let environment = try PythonEnvironment(settings.release)
        let tools = try settings.isForOthers ? TemporaryDirectory() : nil
        let python = try tools.map { try $0.open(environment.path) + "/bin/python" }
        let rqd = try settings.program ?? BuiltProgram.rqd()
        program = try tools.map { try $0.open(rqd) } ?? rqd
        self.tools = tools
        let home = settings.application ?? directory.path
        let module = settings.application == nil ? "app.tasks" : "work"
        guard mkdir(directory.file("app"), 0o755) == 0 else {
            throw HarnessError("mkdir", directory.file("app"), errno: errno)
        }
        try directory.write("app/tasks.py", DaemonApplication.tasks)
        let queues = settings.queues.map { "\"\($0)\"" }.joined(separator: ", ")
        try directory.write(
            "rqd.conf",
            """
            [redis]
            url = "\(server.url)"
            [python]
            interpreter = "\(python ?? environment.python)"
            directory = "\(home)"
            path = ["\(home)"]
            preload = ["\(module)"]
            [control]
            socket = "\(directory.file("control"))"
            [pool.default]
            workers = \(settings.workers)
            queues = [\(queues)]
            \(settings.pool)

            """)
    }

    /// Starts it.
    ///
    /// - Parameter isAwaited: whether to wait until all workers listen.
    /// - Throws: if they do not.
    public func start(isAwaited: Bool = true) throws {
        earlierLogs += log
        let environment = inheritedEnvironment().merging(settings.environment) { $1 }
        child = try ChildProcess(
            commandLine, environment: environment, directory: directory.path,
            mergesErrors: true)
        guard isAwaited else { return }
        for slot in 0..<settings.workers { try waitForLog("default/\(slot): listening") }
    }

    private var commandLine: [String] {
        settings.wrapper + [program, "run", "-c", directory.file("rqd.conf")]
    }

    /// Runs a part of a test; what it throws is told with the daemon's log.
    ///
    /// - Parameter body: the part.
    /// - Throws: what the body throws, in words.
    public func explain(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            // A cancelled test has not failed.
            guard !Task.isCancelled else { throw error }
            directory.keep()
            throw HarnessError(
                "\(error)\nThe daemon's directory is \(directory.path), its log:\n"
                    + earlierLogs + log)
        }
    }

    /// The master's process id, or that of what it was wrapped in.
    public var pid: pid_t { running.pid }

    /// All that it has written so far.
    public var log: String { child?.output ?? "" }

    /// Sends a signal to the master.
    ///
    /// - Parameter signal: which one.
    public func send(_ signal: Int32) { running.send(signal) }

    /// Waits for the master's end.
    ///
    /// - Parameter limit: how long it may take.
    /// - Returns: how it ended.
    /// - Throws: when the time is up.
    @discardableResult
    public func wait(within limit: Duration = .seconds(20)) throws -> Ending {
        try running.wait(timeout: limit)
    }

    /// Waits for a line of the log.
    ///
    /// - Parameters:
    ///   - text: what the line contains.
    ///   - limit: how long it may take.
    /// - Returns: the first such line.
    /// - Throws: when the time is up or the daemon has ended.
    @discardableResult
    public func waitForLog(_ text: String, within limit: Duration = .seconds(15)) throws -> String {
        try running.waitForLine(containing: text, timeout: limit)
    }

    /// All processes below the master.
    public var family: [WatchedProcess] { descendants(of: pid) }

    /// The processes below the master whose title begins like this.
    ///
    /// - Parameter title: for example `rqd: worker`.
    /// - Returns: those that run now.
    public func processes(_ title: String) -> [WatchedProcess] {
        family.filter { $0.title.hasPrefix(title) }
    }

    /// The only process below the master whose title begins like this, once there is one.
    ///
    /// - Parameter title: for example `rqd: worker default/0`.
    /// - Returns: the process.
    /// - Throws: when there is none, or more than one, for some seconds.
    public func process(_ title: String) throws -> WatchedProcess {
        var found: [WatchedProcess] = []
        try eventually("one process titled \(title)") {
            found = processes(title)
            return found.count == 1
        }
        return found[0]
    }

    private var running: ChildProcess {
        guard let child else { preconditionFailure("a daemon is started before it is used") }
        return child
    }
}
