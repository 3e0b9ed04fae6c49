import RedisKit
import TestSupport

/// What the tests of hosted worker classes do with a daemon.
extension Daemon {
    /// Runs a daemon whose only worker is of this class.
    static func hosting(
        _ workerClass: String, _ release: PythonEnvironment.Release = .rq3_0,
        queues: [String] = ["default"], pool: String = "", _ body: (Daemon) throws -> Void
    ) throws {
        try Application.run(
            release, queues: queues, pool: "worker_class = \"\(workerClass)\"\n\(pool)", body)
    }

    /// The interpreter that runs the worker class.
    func interpreter() throws -> WatchedProcess { try process("rqd: hosted default/0") }

    /// Enqueues a job of this id that waits until `letGo`, and waits until it runs.
    func startWaiting(_ id: String) throws {
        try Script(settings.release, on: self).enqueue(Call(id, "work.wait", .text(id)))
        try awaitRun()
    }

    /// Waits until some job of `work.wait` runs, once more.
    func awaitRun() throws {
        try eventually("a job runs", within: .seconds(20)) {
            try redis("LPOP", "test:running").text != nil
        }
    }

    /// Lets a job of `work.wait` end.
    func letGo(_ id: String) throws { try redis("RPUSH", "test:go:\(id)", "go") }

    /// Stops the daemon, and wants nothing to be left in Redis but jobs.
    func stopCleanly(_ signal: Int32) throws {
        send(signal)
        let ending = try wait()
        guard ending == .exited(code: 0) else { throw HarnessError("the daemon \(ending)") }
        let left = try traces()
        guard left.isEmpty else { throw HarnessError("left behind: \(left)") }
    }
}
