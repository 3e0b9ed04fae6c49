import TestSupport

/// A `rq worker --with-scheduler` of some release that works on a queue of its own making.
final class PythonScheduler {
    private let process: ChildProcess

    /// Starts one; it looks for free locks every second.
    ///
    /// - Parameters:
    ///   - release: which rq.
    ///   - queues: what it works on and schedules.
    ///   - server: where.
    /// - Throws: if there is no such rq, or it does not start.
    init(_ release: PythonEnvironment.Release, queues: [String], on server: RedisServer) throws {
        process = try ChildProcess(
            [
                try PythonEnvironment(release).program("rq"), "worker", "--with-scheduler", "--url",
                server.url, "--maintenance-interval", "1", "--worker-ttl", "16",
            ] + queues,
            environment: inheritedEnvironment().merging(
                ["PYTHONPATH": Application.directory, "PYTHONDONTWRITEBYTECODE": "1"]
            ) { $1 }, directory: Application.directory, mergesErrors: true)
    }

    /// Waits for a line of its log.
    func waitForLine(_ text: String) throws {
        try process.waitForLine(containing: text, timeout: .seconds(20))
    }

    /// Kills it and its scheduler.
    func kill() { process.kill() }
}
