import TestSupport
import Testing

@Suite(.serialized, .installedService)
struct ServiceTests {
    let service: InstalledService

    init() throws {
        service = try #require(ServiceScope.current)
        try service.reset()
    }

    @Test func `a start is over when every worker is registered`() throws {
        try service.start()
        #expect(try service.workerCount() == "4")
        #expect(try service.property("ActiveState") == "active")
    }

    @Test func `the status says how many workers there are`() throws {
        try service.start()
        let status = try service.box.run("systemctl", "status", "rqd")
        #expect(status.contains("Status: \"4/4 workers"), "\(status)")
    }

    @Test func `without Redis the service says so and starts once there is one`() throws {
        try service.box.run("systemctl", "stop", "test-redis")
        try service.box.run("systemctl", "start", "--no-block", "rqd")
        try service.wait(for: "a status about Redis") {
            try service.property("StatusText").contains("redis://127.0.0.1:6379: ")
        }
        #expect(try service.property("ActiveState") == "activating")
        try service.box.run("systemctl", "start", "test-redis")
        try service.wait(for: "active") { try service.property("ActiveState") == "active" }
        #expect(try service.workerCount() == "4")
    }

    @Test func `with the manual's drop-in jobs have their pool's user, and leave no core`() throws {
        let manual = String(
            decoding: try readFile("\(PackageRoot.path)/docs/UNIT.md"), as: UTF8.self)
        let section = try #require(manual.split(separator: "## Jobs of other users").last)
        let block = try #require(section.split(separator: "```ini\n").dropFirst().first)
        let dropIn = try #require(block.split(separator: "```").first)
        let box = service.box
        try box.run("sh", "-c", "id app || useradd --system --groups games app")
        try box.write("/etc/systemd/system/rqd.service.d/user.conf", String(dropIn))
        defer {
            _ = try? box.run("rm", "/etc/systemd/system/rqd.service.d/user.conf")
            _ = try? box.run("systemctl", "daemon-reload")
        }
        try box.run("systemctl", "daemon-reload")
        try box.write("/etc/rqd.conf.d/user.conf", "[pool.default]\nuser = \"app\"\n")
        try service.start()
        let job = try service.enqueue("tell_rights", "app")
        try service.wait(for: "the end of the job") {
            try service.journal("RQ_JOB_ID=\(job)").contains("job finished")
        }
        let told = try service.journal("RQ_JOB_ID=\(job)")
        #expect(told.contains("\nTrue ['app', 'games'] (0, 0)\n"), "\(told)")
    }

    @Test func `a configuration that is wrong is not tried again`() throws {
        try service.box.write("/etc/rqd.conf.d/wrong.conf", "[pool.default]\nworkers = -1\n")
        #expect(throws: HarnessError.self) { try service.start() }
        #expect(try service.property("ExecMainStatus") == "78")
        #expect(try service.property("ActiveState") == "failed")
        try service.wait(for: "the reason in the journal") {
            try service.journal().contains("/etc/rqd.conf.d/wrong.conf:2:11: ")
        }
    }

    @Test func `the journal has a job's start, output and end under the job's id`() throws {
        try service.start()
        let loud = try service.enqueue("say", "a word from the job")
        let other = try service.enqueue("say", "another word")
        for job in [loud, other] {
            try service.wait(for: "the end of \(job)") {
                try service.journal("RQ_JOB_ID=\(job)").contains("job finished")
            }
        }
        let lines = try service.journal("RQ_JOB_ID=\(loud)").split(separator: "\n")
        try #require(lines.count == 3, "\(lines)")
        #expect(lines[0].hasPrefix("job started"))
        #expect(lines[1] == "a word from the job")
        #expect(lines[2].hasPrefix("job finished"))
        #expect(try service.journal().contains("another word"))
    }

    @Test func `a stop lets the jobs of 8 busy workers finish, and leaves nobody to be killed`()
        throws
    {
        try service.box.write("/etc/rqd.conf.d/eight.conf", "[pool.default]\nworkers = 8\n")
        try service.start()
        let jobs = try (0..<8).map { try service.enqueue("nap", "\(5 + $0 % 2)") }
        for job in jobs { try waitUntil(job, is: "started") }
        let killings = try killingCount()
        try service.box.run("systemctl", "stop", "rqd")
        for job in jobs { #expect(try service.status(of: job) == "finished") }
        #expect(try service.property("Result") == "success")
        #expect(try service.workerCount() == "0")
        #expect(try killingCount() == killings, "systemd had to end somebody")
    }

    /// How often systemd has told that it killed a process of the service.
    private func killingCount() throws -> Int {
        try service.journal().split(separator: "\n").count { $0.contains("Killing process") }
    }

    @Test func `a job that outlives TimeoutStopSec finishes, within stop_timeout`() throws {
        let dropIn = "/etc/systemd/system/rqd.service.d/impatient.conf"
        try service.box.write(dropIn, "[Service]\nTimeoutStopSec=1s\n")
        defer {
            _ = try? service.box.run("rm", dropIn)
            _ = try? service.box.run("systemctl", "daemon-reload")
        }
        try service.box.run("systemctl", "daemon-reload")
        try service.start()
        let job = try service.enqueue("nap", "4")
        try waitUntil(job, is: "started")
        try service.box.run("systemctl", "stop", "rqd")
        #expect(try service.status(of: job) == "finished")
        #expect(try service.property("Result") == "success")
    }

    @Test func `a master that stopped moving is replaced and its job runs`() throws {
        try service.start()
        let job = try enqueueInterrupted()
        let first = try service.property("MainPID")
        try service.box.run("systemctl", "kill", "--kill-who=main", "--signal=STOP", "rqd")
        try expectRecovery(from: first, job: job)
        #expect(try service.journal().contains("Watchdog timeout"))
    }

    @Test func `a killed master is replaced and its job settled within 2 seconds`() throws {
        try service.start()
        let job = try enqueueInterrupted()
        let first = try service.property("MainPID")
        try service.box.run("systemctl", "kill", "--kill-who=main", "--signal=KILL", "rqd")
        try expectRecovery(from: first, job: job)
    }

    @Test
    func `a reload from 4 to 12 workers and back under load fails no job, and ends no busy worker`()
        throws
    {
        let spans = ["6"] + [String](repeating: "0.4", count: 20)
        let jobs = try spans.map { try service.enqueue("nap", $0) }
        try service.start()
        try service.box.write("/etc/rqd.conf.d/more.conf", "[pool.default]\nworkers = 12\n")
        try service.box.run("systemctl", "reload", "rqd")
        #expect(try service.workerCount() == "12")
        #expect(try service.property("ActiveState") == "active")
        try service.box.run("rm", "/etc/rqd.conf.d/more.conf")
        try service.box.run("systemctl", "reload", "rqd")
        for job in jobs { try waitUntil(job, is: "finished") }
        try service.wait(for: "4 workers") { try service.workerCount() == "4" }
        let status = try service.box.run("rqd", "status", "--json")
        #expect(status.contains("\"restarts\":0,"), "\(status)")
        #expect(status.contains("\"last_change\":\"default has 4 workers, 12 before"), "\(status)")
    }

    @Test func `a reload of a file that is wrong fails, says where, and changes nothing`() throws {
        try service.start()
        let first = try service.property("MainPID")
        try service.box.write("/etc/rqd.conf.d/wrong.conf", "[pool.default]\nworkers = \"four\"\n")
        #expect(throws: HarnessError.self) { try service.box.run("systemctl", "reload", "rqd") }
        #expect(try service.property("ActiveState") == "active")
        #expect(try service.property("MainPID") == first)
        #expect(try service.workerCount() == "4")
        let reason = "/etc/rqd.conf.d/wrong.conf:2:11: pool.default.workers must be"
        try service.wait(for: "the reason in the status") {
            try service.property("StatusText").contains("reload refused: \(reason)")
        }
        try service.wait(for: "the reason in the journal") {
            try service.journal("MESSAGE_ID=4f1b7e6f0f7c4a0ab4a1d7c0b0f5e6b3").contains(reason)
        }
        let job = try service.enqueue("say", "still here")
        try waitUntil(job, is: "finished")
    }

    private let mark = "/srv/app/state/first-run"

    /// A job that hangs the first time it runs and returns the second time; running.
    private func enqueueInterrupted() throws -> String {
        let job = try service.enqueue("second_time_lucky", mark)
        try service.wait(for: "the job's first run") {
            try service.box.run("sh", "-c", "cat \(mark) 2>&1 || :").first?.isNumber == true
        }
        return job
    }

    private func expectRecovery(from first: String, job: String) throws {
        try service.wait(for: "another master", within: .seconds(20)) {
            let pid = try service.property("MainPID")
            return pid != first && pid != "0"
        }
        try service.wait(for: "active again") { try service.property("ActiveState") == "active" }
        try waitUntil(job, is: "finished")
        let delay = try service.delay(of: "job put back", about: job)
        #expect(delay < .seconds(2))
        #expect(try service.property("NRestarts") == "1")
        // The first run's horse has gone, and so has all else that the first master started.
        let orphans = try service.box.run(
            "sh", "-c", "for pid in $(cat \(mark)) \(first); do ls -d /proc/$pid 2>&-; done; :")
        #expect(orphans == "")
        let strangers = try service.box.run(
            "sh", "-c", "ps -o cgroup= -u rqd | grep -v 'system.slice/rqd.service' || :")
        #expect(strangers == "")
    }

    func waitUntil(_ job: String, is status: String) throws {
        try service.wait(for: "job \(job) is \(status)") { try service.status(of: job) == status }
    }
}
