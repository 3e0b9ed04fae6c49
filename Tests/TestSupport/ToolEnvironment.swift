import Glibc

/// The virtual environments that hold more than one release of rq: an application's, a tool's.
public enum ToolEnvironment: String, Sendable {
    /// Django and Django-RQ, as `Examples/django` asks for them.
    case django
    /// Flask and Flask-RQ, as `Examples/flask` asks for them.
    case flask
    /// rq-dashboard, and what drives a browser.
    case dashboard
    /// What reads OpenMetrics, and Grafana's types.
    case metrics

    /// Its directory.
    ///
    /// - Returns: an absolute path.
    /// - Throws: if it has not been made.
    public func path() throws -> String {
        let path = "\(PackageRoot.path)/.build/venv/\(rawValue)"
        guard access("\(path)/bin/python", X_OK) == 0 else {
            throw HarnessError("no \(path): run ./scripts/test, which makes it")
        }
        return path
    }

    /// The path of a program in it, for example `python`.
    ///
    /// - Parameter name: without a directory.
    /// - Returns: an absolute path.
    /// - Throws: if the environment has not been made.
    public func program(_ name: String) throws -> String { try "\(path())/bin/\(name)" }
}
