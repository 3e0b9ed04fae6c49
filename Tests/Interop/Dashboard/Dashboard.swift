import Glibc
import TestSupport

/// rq-dashboard on a daemon's Redis, looked at with a browser.
final class Dashboard {
    /// A page to go to, and what to do there; `Python/browse.py` says what is what.
    struct Visit: Encodable {
        var path: String
        var awaits: String
        var row: String?
        var button: String?
        var confirms = false
        var picture: String?
    }

    /// What a page showed.
    struct View: Decodable {
        let text: String
        let rows: [String]
        /// The words in its picture.
        let read: String
    }

    private let url: String
    private let daemon: Daemon
    private let process: ChildProcess

    /// Starts one, and waits until it serves.
    init(_ daemon: Daemon) throws {
        self.daemon = daemon
        let port = "\(try LoopbackPort.free())"
        url = "http://127.0.0.1:\(port)"
        // It looks at its data again each minute only: a row must not change under the mouse.
        process = try ChildProcess(
            [
                try ToolEnvironment.dashboard.program("rq-dashboard"), "--bind", "127.0.0.1",
                "--port", port, "--redis-url", daemon.server.url, "--interval", "60000",
                "--extra-path", Application.directory, "--verbose",
            ], environment: Self.environment(daemon), directory: Application.directory,
            mergesErrors: true)
        try process.waitForLine(containing: "Running on http", timeout: .seconds(30))
    }

    /// The path of a list of jobs.
    static func jobs(_ registry: String, of queue: String = "default") -> String {
        "/0/view/jobs/\(queue)/\(registry)/8/asc/1"
    }

    /// Goes to pages, one after the other.
    func visit(_ visits: Visit...) throws -> [View] {
        let finished = try run(
            [
                try ToolEnvironment.dashboard.program("python"),
                "\(PackageRoot.path)/Tests/Interop/Dashboard/Python/browse.py", url,
                daemon.directory.path, try Script.json(visits),
            ], environment: Self.environment(daemon), timeout: .seconds(120))
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("\(finished.errorOutput)\nThe dashboard says:\n\(process.output)")
        }
        return try Script.decode([View].self, finished.output)
    }

    private static func environment(_ daemon: Daemon) -> [String: String] {
        inheritedEnvironment().merging(Application.environment) { $1 }.merging([
            "HOME": daemon.directory.path, "PYTHONUNBUFFERED": "1", "SE_OFFLINE": "true",
        ]) { $1 }
    }
}
