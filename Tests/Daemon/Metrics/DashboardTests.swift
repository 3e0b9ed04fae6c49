import Glibc
import TestSupport
import Testing

/// The dashboard in packaging/grafana, against a Prometheus that watches a daemon.
@Suite struct DashboardTests {
    private static let file = "\(PackageRoot.path)/packaging/grafana/rqd.json"

    /// What `dashboard.py` has to complain of.
    private static func complaints(_ arguments: String...) throws -> String {
        let script = "\(PackageRoot.path)/Tests/Daemon/Metrics/dashboard.py"
        let python = try ToolEnvironment.metrics.program("python")
        let finished = try run([python, script] + arguments)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("dashboard.py: \(finished.errorOutput)")
        }
        return finished.output
    }

    @Test func `Grafana's own types hold all of it`() throws {
        #expect(try Self.complaints("load", Self.file) == "")
    }

    @Test func `every panel has data from a Prometheus that watches rqd`() throws {
        let port = try LoopbackPort.free()
        let listen = "[metrics]\nlisten = \"127.0.0.1:\(port)\""
        try Daemon.run(workers: 2, pool: listen) { daemon in
            let (prometheus, url) = try Self.prometheus(of: daemon, at: port)
            defer { prometheus.kill() }
            var rest = ""
            do {
                try eventually("data in each panel", within: .seconds(60)) {
                    try daemon.enqueue("add", "1, 2")
                    try daemon.enqueue("add", "1, 'x'")
                    // Until it listens, there is nobody to ask.
                    guard (try? run(["curl", "-sf", "\(url)/-/ready"]))?.ending == .exited(code: 0)
                    else { return false }
                    rest = try Self.complaints("empty", Self.file, url)
                    return rest.isEmpty
                }
            } catch {
                throw HarnessError("\(error):\n\(rest)\n\(prometheus.errorOutput)")
            }
        }
    }

    /// A Prometheus that asks often, with its data in the daemon's directory.
    private static func prometheus(
        of daemon: Daemon, at port: Int
    ) throws -> (ChildProcess, String) {
        let own = try LoopbackPort.free()
        try daemon.directory.write(
            "prometheus.yml",
            """
            global: {scrape_interval: 250ms, scrape_timeout: 250ms}
            scrape_configs:
              - {job_name: rqd, static_configs: [{targets: ["127.0.0.1:\(port)"]}]}

            """)
        let child = try ChildProcess(
            [
                "/usr/bin/prometheus", "--config.file=\(daemon.directory.file("prometheus.yml"))",
                "--storage.tsdb.path=\(daemon.directory.file("data"))",
                "--web.listen-address=127.0.0.1:\(own)",
            ], environment: inheritedEnvironment(), directory: daemon.directory.path)
        return (child, "http://127.0.0.1:\(own)")
    }
}
