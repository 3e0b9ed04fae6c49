import TestSupport
import Testing

/// What an administrator types at a running service.
extension ServiceTests {
    @Test func `a pool is paused, resumed, scaled and restarted`() throws {
        try service.start()
        #expect(try type("pause", "default") == "default is paused\n")
        let job = try service.enqueue("say", "after the pause")
        try service.wait(for: "a status that says so") {
            try type("status").split(separator: "\n").filter { $0.contains(" paused ") }.count == 4
        }
        #expect(try service.status(of: job) == "queued")
        #expect(try type("resume", "default") == "default takes jobs again\n")
        try waitUntil(job, is: "finished")

        #expect(try type("scale", "default", "6") == "default has 6 workers now, 4 before\n")
        try service.wait(for: "6 workers") { try service.workerCount() == "6" }
        try service.wait(for: "a status of 6 workers") {
            try service.property("StatusText").hasPrefix("6/6 workers")
        }
        let busy = try service.enqueue("nap", "8")
        try waitUntil(busy, is: "started")
        #expect(try type("restart", "default").contains("default"))
        #expect(try service.status(of: busy) == "started", "the restart does not wait for jobs")
        try waitUntil(busy, is: "finished")
        #expect(try type("status", "--json").contains("\"jobs_failed\":0,"))
    }

    @Test func `a running job is looked at, stopped and killed by its id`() throws {
        try service.start()
        let stopped = try service.enqueue("nap", "120")
        let killed = try service.enqueue("nap", "121")
        for job in [stopped, killed] { try waitUntil(job, is: "started") }
        try service.wait(for: "the line at which it naps") {
            try type("stack", stopped).hasSuffix(", in nap\n")
        }
        try type("stop-job", stopped)
        try waitUntil(stopped, is: "stopped")
        try type("kill-job", killed)
        try waitUntil(killed, is: "failed")
        let told = try type("logs", killed)
        #expect(told.contains("job started: tasks.nap('121')"), "\(told)")
        let reason = "job died: it was killed by SIGKILL (signal 9), by rqd kill-job ("
        #expect(told.contains(reason), "\(told)")
        #expect(try type("metrics").contains("rqd_jobs_total"))
    }

    @Test func `an upgrade keeps the process and the jobs, and systemd knows it`() throws {
        try service.start()
        let job = try service.enqueue("nap", "4")
        try waitUntil(job, is: "started")
        let master = try service.property("MainPID")
        let told = try type("upgrade")
        #expect(told.contains("runs: default has new workers"), "\(told)")
        #expect(try service.status(of: job) == "started", "the upgrade does not wait for jobs")
        try waitUntil(job, is: "finished")
        #expect(try service.property("MainPID") == master)
        #expect(try service.property("ActiveState") == "active")
        #expect(try service.property("NRestarts") == "0")
    }

    @Test func `commands work without Redis, which the status tells`() throws {
        try service.start()
        try service.box.run("systemctl", "stop", "test-redis")
        defer { _ = try? service.box.run("systemctl", "start", "test-redis") }
        try service.wait(for: "a status about Redis") {
            try service.property("StatusText").contains("redis://127.0.0.1:6379")
        }
        let status = try type("status")
        #expect(status.contains("Redis: redis://127.0.0.1:6379/0, in trouble\n"), "\(status)")
        #expect(try type("scale", "default", "5") == "default has 5 workers now, 4 before\n")
        #expect(try type("pause", "default") == "default is paused\n")
        #expect(try type("resume", "default") == "default takes jobs again\n")
        #expect(try type("log-level", "debug") == "logging from debug on, info before\n")
        #expect(try type("metrics").contains("rqd_redis_connections_lost_total"))
        try service.box.run("systemctl", "start", "test-redis")
        try service.wait(for: "5 workers") { try service.workerCount() == "5" }
        let job = try service.enqueue("say", "after the outage")
        try waitUntil(job, is: "finished")
        try service.wait(for: "a scheduler that leads") {
            try type("status").contains(", leads 1 of 1 queues\n")
        }
    }

    @Test func `the members of its group may ask, and nobody else`() throws {
        try service.box.run(
            "sh", "-ec", "id clerk || useradd --groups rqd clerk; id guest || useradd guest")
        try service.start()
        let asked = try service.box.run("runuser", "-u", "clerk", "--", "/usr/bin/rqd", "status")
        #expect(asked.contains("default/3"))
        let refused = try service.box.run(
            "sh", "-c", "runuser -u guest -- /usr/bin/rqd status 2>&1; echo $?")
        let hint = "it is for the user rqd and the group rqd: ask as one of them, or as root"
        #expect(refused.hasSuffix("Permission denied; \(hint)\n69\n"), "\(refused)")
    }

    @Test func `a pool scales by itself`() throws {
        try service.box.write(
            "/etc/rqd.conf.d/scaling.conf",
            """
            [pool.default]
            workers = { min = 1, max = 4 }
            scale_up_after = "200ms"
            scale_down_after = "1s"
            scale_under_pressure = true

            """)
        try service.start()
        #expect(try service.workerCount() == "1")
        let jobs = try (0..<4).map { try service.enqueue("nap", "\(20 + $0)") }
        for job in jobs { try waitUntil(job, is: "started") }
        #expect(try service.workerCount() == "4")
        for job in jobs { try type("stop-job", job) }
        try service.wait(for: "one worker again", within: .seconds(20)) {
            try service.workerCount() == "1"
        }
    }

    /// What `rqd` prints, typed by root.
    @discardableResult
    private func type(_ words: String...) throws -> String {
        try service.box.run(["/usr/bin/rqd"] + words)
    }
}
