import TestSupport
import Testing

/// What the installed service shows of itself and its jobs, and what it is given by systemd.
extension ServiceTests {
    @Test func `the password of Redis comes from a credential of the unit`() throws {
        let dropIn = "/etc/systemd/system/rqd.service.d/password.conf"
        try service.box.write("/etc/rqd-password", "a secret\n")
        try service.box.run("chmod", "600", "/etc/rqd-password")
        try service.box.write(
            dropIn, "[Service]\nLoadCredential=redis-password:/etc/rqd-password\n")
        try service.box.write(
            "/etc/rqd.conf.d/password.conf", "[redis]\npassword_file = \"redis-password\"\n")
        try service.box.run("systemctl", "daemon-reload")
        try service.box.run("redis-cli", "config", "set", "requirepass", "a secret")
        defer {
            _ = try? service.box.run("rm", dropIn, "/etc/rqd-password")
            _ = try? service.box.run("systemctl", "daemon-reload")
        }
        // It is ready once every worker is registered.
        try service.start()
        try service.box.run(
            "redis-cli", "--no-auth-warning", "-a", "a secret", "config", "set", "requirepass", "")
        #expect(try service.workerCount() == "4")
        #expect(try !service.journal().contains("a secret"))
    }

    @Test func `an application that cannot be loaded is refused at a reload`() throws {
        try service.start()
        try service.box.write(
            "/etc/rqd.conf.d/preload.conf", "[python]\npreload = [\"no_such_module\"]\n")
        #expect(throws: HarnessError.self) { try service.box.run("systemctl", "reload", "rqd") }
        try service.wait(for: "the reason in the status") {
            try service.property("StatusText").contains("No module named 'no_such_module'")
        }
        let job = try service.enqueue("say", "as before")
        try waitUntil(job, is: "finished")
    }

    @Test func `a slow job's stack is in the journal, and the lines of a loud one are counted`()
        throws
    {
        try service.box.write(
            "/etc/rqd.conf.d/log.conf", "[pool.default]\nslowlog = \"1s\"\noutput_limit = 10\n")
        try service.start()
        let slow = try service.enqueue("nap", "4")
        let loud = try service.enqueue("say", String(repeating: "word\n", count: 100))
        for job in [slow, loud] { try waitUntil(job, is: "finished") }
        try service.wait(for: "the stack") {
            try service.journal("RQ_JOB_ID=\(slow)").contains(", in nap")
        }
        #expect(try service.journal("RQ_JOB_ID=\(slow)").contains("job is slow"))
        try service.wait(for: "the number of lines that were left out", within: .seconds(20)) {
            try service.journal().contains("job output dropped")
        }
        let lines = try service.journal("RQ_JOB_ID=\(loud)").split(separator: "\n")
        #expect(lines.count { $0 == "word" } == 10)
    }

    @Test func `the numbers can be fetched from the address in the configuration`() throws {
        try service.box.write(
            "/etc/rqd.conf.d/metrics.conf", "[metrics]\nlisten = \"127.0.0.1:9180\"\n")
        try service.start()
        let job = try service.enqueue("say", "counted")
        try waitUntil(job, is: "finished")
        let program = """
            import urllib.request
            print(urllib.request.urlopen("http://127.0.0.1:9180/metrics").read().decode())
            """
        try service.wait(for: "the job's number") {
            try service.box.run("python3", "-c", program).contains(
                "rqd_jobs_total{queue=\"default\",function=\"tasks.say\",outcome=\"finished\"} 1")
        }
    }
}
