import FoundationEssentials
import TestSupport

/// The Python scripts of this folder, run with one release of rq against one daemon.
struct Script {
    let release: PythonEnvironment.Release
    let url: String

    /// Scripts of a release, on a server.
    init(release: PythonEnvironment.Release, url: String) {
        self.release = release
        self.url = url
    }

    /// Scripts of a release, on a daemon's Redis.
    init(_ release: PythonEnvironment.Release, on daemon: Daemon) {
        self.init(release: release, url: daemon.server.url)
    }

    /// Runs a script to its end and returns what it printed.
    @discardableResult
    func run(_ name: String, _ arguments: String...) throws -> String {
        let python = try PythonEnvironment(release).python
        let environment = inheritedEnvironment()
            .merging(Application.environment) { $1 }
            .merging(["PYTHONPATH": Application.directory]) { $1 }
        let finished = try TestSupport.run(
            [python, "\(PackageRoot.path)/Tests/Interop/Scripts/\(name).py", url] + arguments,
            environment: environment)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("\(name) of \(release) \(finished.ending):\n\(finished.errorOutput)")
        }
        return finished.output
    }

    /// Runs `rq info` and returns its lines.
    func info(_ flags: [String]) throws -> [String] {
        let program = try PythonEnvironment(release).program("rq")
        let finished = try TestSupport.run([program, "info", "--url", url] + flags)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("rq info of \(release):\n\(finished.errorOutput)")
        }
        return finished.output.split(separator: "\n").map(String.init)
    }

    /// Enqueues jobs, in this order.
    func enqueue(_ calls: Call...) throws { try enqueue(calls) }

    /// Enqueues jobs, in this order.
    func enqueue(_ calls: [Call]) throws {
        try run("enqueue", Self.json(calls))
    }

    /// What rq reports about jobs, by id.
    func report(_ ids: [String]) throws -> [String: JobFacts] {
        let facts = try Self.decode([JobFacts].self, run("report", Self.json(ids)))
        return Dictionary(facts.map { ($0.id, $0) }) { $1 }
    }

    /// What rq reports about one job.
    func report(_ id: String) throws -> JobFacts {
        guard let facts = try report([id])[id] else { throw HarnessError("no report of \(id)") }
        return facts
    }

    /// What rq shows of the workers, and of those of one queue.
    func observe(queue: String) throws -> WorkerView {
        try Self.decode(WorkerView.self, run("observe", queue))
    }

    /// A value as JSON, for an argument.
    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// What a script has printed as JSON.
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(text.utf8))
    }
}
