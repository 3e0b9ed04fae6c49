import TestSupport

/// The applications of this folder, run by the built rqd.
enum Application {
    /// Where they lie.
    static let directory = "\(PackageRoot.path)/Tests/Interop/Applications"

    /// What every Python of these tests is told: to leave nothing in the source tree.
    static let environment = ["PYTHONDONTWRITEBYTECODE": "1"]

    /// A daemon with these applications that is still to be started.
    static func daemon(
        _ release: PythonEnvironment.Release = .rq3_0, workers: Int = 1,
        queues: [String] = ["default"], pool: String = "", on server: RedisServer? = nil,
        environment: [String: String] = [:]
    ) throws -> Daemon {
        var settings = Daemon.Settings()
        settings.release = release
        settings.application = directory
        settings.workers = workers
        settings.queues = queues
        settings.pool = pool
        settings.environment = Self.environment.merging(environment) { $1 }
        return try Daemon(settings, on: try server ?? RedisServer())
    }

    /// Starts such a daemon for a test; what the test throws is told with its log.
    static func run(
        _ release: PythonEnvironment.Release = .rq3_0, workers: Int = 1,
        queues: [String] = ["default"], pool: String = "", _ body: (Daemon) throws -> Void
    ) throws {
        let daemon = try daemon(release, workers: workers, queues: queues, pool: pool)
        try daemon.explain {
            try daemon.start()
            try body(daemon)
        }
    }

    /// Runs all jobs that are there with `rqd worker --burst`, whose output is returned.
    @discardableResult
    static func burst(
        _ release: PythonEnvironment.Release, on server: RedisServer, flags: [String] = [],
        environment: [String: String] = [:]
    ) throws -> String {
        let variables = inheritedEnvironment().merging(Self.environment) { $1 }
            .merging(["VIRTUAL_ENV": try PythonEnvironment(release).path]) { $1 }
            .merging(environment) { $1 }
        let worker = try TestSupport.run(
            [
                try BuiltProgram.rqd(), "worker", "--burst", "--url", server.url, "--path",
                directory,
            ] + flags, environment: variables)
        guard worker.ending == .exited(code: 0) else {
            throw HarnessError("rqd worker \(worker.ending):\n\(worker.errorOutput)")
        }
        return worker.output
    }
}
