import FoundationEssentials
import Glibc
import RedisKit
import TestSupport

/// Workers of four releases of rq and of rqd on one Redis, and what asks about them.
final class Fleet {
    /// Served by all workers, and by all but those of rq 1.16.
    static let queues = ["common", "modern"]

    let server: RedisServer
    let daemon: Daemon
    private let directory: TemporaryDirectory
    private var workers: [PythonEnvironment.Release: ChildProcess] = [:]
    private var rqdWorkers: Int

    /// Starts one worker of each release, and an rqd with some; returns when all are registered.
    init(rqdWorkers: Int) throws {
        self.rqdWorkers = rqdWorkers
        directory = try TemporaryDirectory()
        server = try RedisServer()
        // What thousands of jobs have to say is not read; what went wrong is.
        daemon = try Application.daemon(
            workers: rqdWorkers, queues: Self.queues.reversed(), on: server,
            environment: ["FLEET_LOG": directory.file("runs"), "RQD_LOG_LEVEL": "warning"])
        try daemon.start(isAwaited: false)
        for release in PythonEnvironment.Release.allCases {
            let queues = release == .rq1_16 ? ["common"] : Self.queues.reversed()
            workers[release] = try ChildProcess(
                [
                    try PythonEnvironment(release).program("rq"), "worker", "--url", server.url,
                    "--name", Self.name(of: release), "--quiet",
                ] + queues, environment: environment, directory: Application.directory,
                mergesErrors: true)
        }
        try eventually("all workers are registered", within: .seconds(30)) {
            try number("SCARD", "rq:workers") == count
        }
    }

    /// How many workers there are.
    var count: Int { workers.count + rqdWorkers }

    /// The name of a release's worker.
    static func name(of release: PythonEnvironment.Release) -> String { "rq-\(release.rawValue)" }

    /// The runs of jobs so far: the worker of each.
    func runs() throws -> [Substring] {
        let log = String(decoding: try readFile(directory.file("runs")), as: UTF8.self)
        return log.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    }

    /// Starts a script of this folder.
    func start(
        _ script: String, _ release: PythonEnvironment.Release, _ arguments: [String]
    ) throws -> ChildProcess {
        try ChildProcess(
            [
                try PythonEnvironment(release).python,
                "\(PackageRoot.path)/Tests/Interop/Fleet/Python/\(script).py", server.url,
            ] + arguments, environment: environment)
    }

    /// What scripts have printed, when all of them are through.
    func outputs(
        _ scripts: [ChildProcess], within limit: Duration = .seconds(120)
    ) throws -> [String] {
        try scripts.map { script in
            guard try script.wait(timeout: limit) == .exited(code: 0) else {
                throw HarnessError("a script of the fleet:\n\(script.errorOutput)")
            }
            return script.output
        }
    }

    /// A number from Redis, 0 for what is not there.
    func number(_ name: String, _ key: String) throws -> Int {
        try daemon.redis(name, key).integer.map { Int($0) } ?? 0
    }

    /// The jobs in a registry of both queues.
    func size(of registry: String) throws -> Int {
        try Self.queues.reduce(0) { try $0 + number("ZCARD", "rq:\(registry):\($1)") }
    }

    /// What each tool counts: those of three releases of rq, and rqd's own.
    func counts() throws -> [String: FleetCounts] {
        let readers: [PythonEnvironment.Release] = [.rq3_0, .rq2_12, .rq1_16]
        let scripts = try readers.map { try start("count", $0, Self.queues) }
        var counts: [String: FleetCounts] = [:]
        for (release, output) in zip(readers, try outputs(scripts)) {
            counts["rq \(release.rawValue)"] = try Script.decode(FleetCounts.self, output)
        }
        let json = try run([try BuiltProgram.rqd(), "info", "--json", "--url", server.url])
        counts["rqd"] = try Script.decode(FleetCounts.self, json.output)
        return counts
    }

    /// The lines of `rq info --raw` and `rqd info --raw`.
    func info() throws -> [String: Set<String>] {
        var lines: [String: Set<String>] = [:]
        for release in [PythonEnvironment.Release.rq3_0, .rq2_12, .rq1_16] {
            let script = Script(release: release, url: server.url)
            lines["rq \(release.rawValue)"] = Set(try script.info(["--raw"] + Self.queues))
        }
        let ours = try run(
            [try BuiltProgram.rqd(), "info", "--raw", "--url", server.url] + Self.queues)
        lines["rqd"] = Set(ours.output.split(separator: "\n").map(String.init))
        return lines
    }

    /// Asks all workers to leave, and waits until they have.
    ///
    /// - Returns: those that did not end as they should.
    func stop() throws -> [String] {
        daemon.send(SIGTERM)
        for process in workers.values { process.send(SIGTERM) }
        var complaints: [String] = []
        for (release, process) in workers {
            let ending = try process.wait(timeout: .seconds(30))
            if ending != .exited(code: 0) { complaints.append("\(release): \(ending)") }
        }
        let ending = try daemon.wait(within: .seconds(30))
        if ending != .exited(code: 0) { complaints.append("rqd: \(ending)") }
        return complaints
    }

    /// Runs a test; what it throws is told with the end of every worker's log.
    func explain(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            directory.keep()
            var text = "\(error)\nThe runs are in \(directory.file("runs")).\n"
            let logs = workers.map { ("\($0)", $1.output) } + [("rqd", daemon.log)]
            for (name, log) in logs.sorted(by: { $0.0 < $1.0 }) {
                let lines = log.split(separator: "\n").suffix(25).joined(separator: "\n")
                text += "The end of the log of \(name):\n\(lines)\n"
            }
            throw HarnessError(text)
        }
    }

    private var environment: [String: String] {
        inheritedEnvironment().merging(Application.environment) { $1 }.merging([
            "PYTHONPATH": Application.directory, "FLEET_LOG": directory.file("runs"),
        ]) { $1 }
    }
}
