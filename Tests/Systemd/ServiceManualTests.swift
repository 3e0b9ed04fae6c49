import TestSupport
import Testing

/// What docs/UNIT.md says that a kind of job needs.
extension ServiceTests {
    @Test(arguments: [
        ("calls back from C through cffi", "write_code"), ("runs Chromium", "print_page"),
    ])
    func `a job that the sandbox stops runs with the lines of the manual`(
        kind: String, function: String
    ) throws {
        try service.start()
        let stopped = try service.enqueue(function, "printed")
        try service.wait(for: "its failure", within: .seconds(90)) {
            try service.status(of: stopped) == "failed"
        }
        let manual = String(
            decoding: try readFile("\(PackageRoot.path)/docs/UNIT.md"), as: UTF8.self)
        let row = try #require(manual.split(separator: "\n").first { $0.hasPrefix("| \(kind)") })
        let cell = try #require(row.split(separator: " | ").last)
        let lines = cell.split(separator: "`").filter { $0.first?.isUppercase == true }
            .filter { $0.contains("=") }
        try service.box.write(
            "/etc/systemd/system/rqd.service.d/kind.conf",
            "[Service]\n" + lines.joined(separator: "\n") + "\n")
        defer {
            _ = try? service.box.run("rm", "/etc/systemd/system/rqd.service.d/kind.conf")
            _ = try? service.box.run("systemctl", "daemon-reload")
        }
        try service.box.run("systemctl", "daemon-reload")
        try service.box.run("systemctl", "restart", "rqd")
        let job = try service.enqueue(function, "printed")
        try service.wait(for: "its end", within: .seconds(90)) {
            try ["finished", "failed"].contains(service.status(of: job))
        }
        let told = try service.journal("RQ_JOB_ID=\(job)")
        #expect(try service.status(of: job) == "finished", "\(told)")
    }
}
