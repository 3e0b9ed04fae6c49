import TestSupport
import Testing

/// What a job of the installed service can do to the machine and its administrator.
extension ServiceTests {
    @Test func `root believes no socket that a job has put in the service's place`() throws {
        // The impostor's job goes on for ever: a cold stop of the main process ends it.
        defer {
            _ = try? service.box.run(
                "systemctl", "kill", "--kill-whom=main", "--signal=SIGQUIT", "rqd")
        }
        try service.start()
        #expect(try service.box.run("rqd", "status").contains("default/3"))
        let job = try service.enqueue("impersonate", "/run/rqd/control.sock")
        try service.wait(for: "the impostor") {
            try service.journal("RQ_JOB_ID=\(job)").contains("impersonates")
        }
        for command in ["reload", "upgrade", "status"] {
            let told = try service.box.run("sh", "-c", "rqd \(command) 2>&1; echo exit $?")
            #expect(told.contains("has put its own socket there"), "\(told)")
            #expect(told.hasSuffix("exit 69\n") && !told.contains("forged"), "\(told)")
        }
    }

    @Test(arguments: [
        "",
        """
        PrivateUsers=no
        SystemCallFilter=@setuid capset
        AmbientCapabilities=CAP_SETUID CAP_SETGID CAP_KILL
        CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_KILL

        """,
    ])
    func `a job does not rise above its account, whatever the service may do`(
        lines: String
    ) throws {
        let dropIn = "/etc/systemd/system/rqd.service.d/rights.conf"
        try service.box.write(dropIn, "[Service]\n\(lines)")
        try service.box.run("systemctl", "daemon-reload")
        defer {
            _ = try? service.box.run("rm", dropIn)
            _ = try? service.box.run("systemctl", "daemon-reload")
        }
        try service.start()
        let job = try service.enqueue("rise", "")
        try waitUntil(job, is: "finished")
        let none = Array(repeating: String(repeating: "0", count: 16), count: 4)
        try service.wait(for: "what it could do") {
            try service.journal("RQ_JOB_ID=\(job)").contains("could ")
        }
        let told = try service.journal("RQ_JOB_ID=\(job)")
        #expect(
            told.contains("could [] \(none.joined(separator: " ")) NoNewPrivs 1"), "\(told)")
    }
}
