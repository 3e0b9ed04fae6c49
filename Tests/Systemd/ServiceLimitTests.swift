import TestSupport
import Testing

/// The control groups that systemd leaves to rqd.
extension ServiceTests {
    @Test func `a slot's jobs have a control group, and a stop ends all that is of a job`() throws {
        try service.start()
        let path = "/srv/app/state/stray"
        let job = try service.enqueue("stray", path)
        try service.wait(for: "the job's word") {
            try service.box.run("sh", "-c", "cat \(path) 2>&- || :").contains("\n")
        }
        let words = try service.box.run("cat", path).split(whereSeparator: \.isWhitespace)
        let (pid, group) = (words[0], words[1])
        let place = group.dropLast()
        #expect(place == "/system.slice/rqd.service/default.", "\(group)")
        let masters = try service.box.run("cat", "/proc/\(try service.property("MainPID"))/cgroup")
        #expect(masters.contains("0::/system.slice/rqd.service/master\n"))
        try service.box.run("/usr/bin/rqd", "stop-job", job)
        try service.wait(for: "the end of what the job started") {
            try service.box.run("sh", "-c", "ls -d /proc/\(pid) 2>&- || :").isEmpty
        }
        // Its slot takes the next job as if nothing had been.
        for _ in 0..<4 {
            let next = try service.enqueue("say", "next")
            try service.wait(for: "the next job") { try service.status(of: next) == "finished" }
        }
        #expect(try !service.journal().contains("slot stable lost"))
    }

    @Test func `a slot that is no more leaves no control group behind`() throws {
        try service.box.write(
            "/etc/rqd.conf.d/beat.conf", "[pool.default]\nheartbeat_interval = \"1s\"\n")
        try service.start()
        try service.box.run("/usr/bin/rqd", "scale", "default", "1")
        try service.wait(for: "one group") {
            let groups = try service.box.run(
                "sh", "-c", "ls /sys/fs/cgroup/system.slice/rqd.service | grep ^default")
            return groups == "default.0\n"
        }
    }

    @Test func `a job beyond its memory fails, by the means that the kernel offers`() throws {
        try service.box.write(
            "/etc/rqd.conf.d/limits.conf", "[pool.default]\nmemory_max = \"64M\"\n")
        try service.start()
        let groups = "/sys/fs/cgroup/system.slice/rqd.service/cgroup.controllers"
        let offered = try service.box.run("cat", groups).split(whereSeparator: \.isWhitespace)
        let status = try service.box.run("/usr/bin/rqd", "status", "--json")
        let means = offered.contains("memory") ? "cgroup" : "sampling"
        #expect(status.contains("\"memory_max\":\"\(means)\""), "\(status)")
        let job = try service.enqueue("fill", "200")
        try service.wait(for: "the job's end") { try service.status(of: job) == "failed" }
        let told = try service.journal("RQ_JOB_ID=\(job)")
        #expect(told.contains("by its memory limit: memory_max 64 MiB, "), "\(told)")
        #expect(try !service.journal().contains("slot stable lost"))
    }
}
