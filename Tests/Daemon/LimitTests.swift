import Glibc
import TestSupport
import Testing

/// What jobs and workers may use, in a daemon that has control groups or has none.
@Suite struct LimitTests {
    @Test func `a job that holds too much memory fails with the figures, and the next runs`() throws
    {
        try Daemon.run(pool: "memory_max = \"96M\"") { daemon in
            let job = try daemon.enqueue("take", "200, 0, 'a'")
            try daemon.waitFor("failed", of: job)
            let reason = "it was killed by its memory limit: memory_max 96 MiB, "
            let told = try daemon.exception(of: job)
            try #require(told.hasPrefix("Work-horse terminated unexpectedly; \(reason)"), "\(told)")
            try daemon.waitForLog("job died")
            try #require(daemon.log.contains("reason=\"\(reason)"))
            let small = try daemon.enqueue("take", "8, 0, 'b', wait_for_go=False")
            try daemon.waitFor("finished", of: small)
        }
    }

    @Test func `what a job's child holds counts`() throws {
        try Daemon.run(pool: "memory_max = \"96M\"") { daemon in
            let job = try daemon.enqueue("take", "0, 200, 'a'")
            try daemon.waitFor("failed", of: job)
            let told = try daemon.exception(of: job)
            try #require(told.contains("its memory limit: memory_max 96 MiB, "), "\(told)")
        }
    }

    @Test func `the status and the log say what keeps a limit, or that nothing does`() throws {
        try Daemon.run(pool: "memory_max = \"1G\"\ntasks_max = 50") { daemon in
            let json = try daemon.tell("status", "--json").output
            let table = try daemon.tell("status").output
            // Where the tests run in a delegated control group, the kernel may keep them.
            let samples = json.contains("\"memory_max\":\"sampling\"")
            try #require(samples != json.contains("\"memory_max\":\"cgroup\""))
            try #require(table.contains("; memory_max is kept by sampling") == samples)
            try #require(daemon.log.contains("limit is kept by sampling") == samples)
            let holdsNot = json.contains("\"tasks_max\":\"none\"")
            try #require(holdsNot != json.contains("\"tasks_max\":\"cgroup\""))
            try #require(table.contains("tasks_max is not in force") == holdsNot)
            try #require(daemon.log.contains("limit=tasks_max") == holdsNot)
        }
    }

    @Test(arguments: [
        "", "worker_class = \"rq.SimpleWorker\"", "worker_class = \"rq.worker.SpawnWorker\"",
    ])
    func `a job finds the limits of its pool`(workerClass: String) throws {
        let limits = """
            nice = 7
            io_scheduling_class = "idle"
            cpu_affinity = "0"
            oom_score_adjust = 300
            limit_nofile = "200:400"
            limit_core = "0"
            """
        try Daemon.run(pool: "\(limits)\n\(workerClass)") { daemon in
            let job = try daemon.enqueue("limits", "")
            try daemon.waitFor("finished", of: job)
            try #require(try daemon.value(of: job) == "[7, [0], '300', [200, 400], [0, 0], 3]")
        }
    }

    @Test func `a limit that the system refuses is told, and jobs run without it`() throws {
        try Daemon.run(workers: 2, pool: "limit_nofile = \"1024:infinity\"") { daemon in
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job)
            let line = try daemon.waitForLog("limit is not in force")
            try #require(line.contains("limit=limit_nofile reason="), "\(line)")
        }
    }

    @Test func `a process that has grown is not used again`() throws {
        let pool = "jobs_per_horse = 100\nmax_memory = \"150M\""
        try Daemon.run(pool: pool) { daemon in
            func processOf(_ megabytes: Int, _ name: String) throws -> String {
                let job = try daemon.enqueue(
                    "take", "\(megabytes), 0, '\(name)', wait_for_go=False")
                try daemon.waitFor("finished", of: job)
                return try daemon.value(of: job)
            }
            let first = try processOf(1, "a")
            try #require(try processOf(200, "b") == first)
            let second = try processOf(1, "c")
            try #require(second != first)
            try #require(try processOf(1, "d") == second)
        }
    }

    @Test(arguments: ["", "worker_class = \"rq.SimpleWorker\""])
    func `a worker that is old enough is replaced, after its job`(workerClass: String) throws {
        try Daemon.run(pool: "max_age = \"1s\"\n\(workerClass)") { daemon in
            let job = try daemon.enqueue("outlive", "1.2")
            try daemon.waitFor("finished", of: job)
            try daemon.waitForLog("age limit reached")
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
            try #require(!daemon.log.contains("worker died"))
        }
    }
}
