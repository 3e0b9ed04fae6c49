import Glibc
import TestSupport
import Testing

/// Workers that end after so many jobs.
@Suite struct RecyclingTests {
    /// How often a line with this text was logged.
    private static func count(_ text: String, in daemon: Daemon) -> Int {
        daemon.log.split(separator: "\n").count { $0.contains(text) }
    }

    @Test(arguments: ["max_jobs = 1", "max_jobs = 1\njobs_per_horse = 5"])
    func `each job has a worker and a process of its own, and all are counted`(pool: String) throws
    {
        try Daemon.run(pool: pool) { daemon in
            try daemon.python(
                """
                queue = Queue(connection=redis)
                for number in range(40):
                    queue.enqueue('os.getpid', job_id='n%d' % number)
                """)
            try daemon.waitFor("finished", of: "n39")
            let horses = try (0..<40).map { try daemon.value(of: "n\($0)") }
            #expect(Set(horses).count == 40)
            try eventually("a worker for the next job") {
                Self.count("default/0: listening", in: daemon) == 41
            }
            #expect(Self.count("job limit reached jobs=1", in: daemon) == 40)
            #expect(Self.count("worker ended", in: daemon) == 40)
            let births = try daemon.python("print(*(w.birth_date for w in Worker.all(redis)))")
            #expect(births.split(separator: "\n").count == 1)
            let numbers = try daemon.tell("metrics").output
            #expect(numbers.contains("rqd_restarts_total{process=\"worker\",pool=\"default\"} 40"))
            let status = try daemon.tell("status", "--json").output
            #expect(status.contains("\"generation\":41"))
            try #require(!daemon.log.contains("worker died"))
        }
    }

    @Test func `the process is replaced as well, but not after each short job`() throws {
        try Daemon.run(pool: "max_jobs = 1") { daemon in
            let first = try daemon.process("rqd: worker default/0").pid
            let stable = try daemon.process("rqd: stable default/0").pid
            // It is old enough after a second.
            try daemon.waitFor("finished", of: try daemon.enqueue("outlive", "1.2"))
            try eventually("another worker and another slot stable") {
                let worker = daemon.processes("rqd: worker default/0").map(\.pid)
                let slot = daemon.processes("rqd: stable default/0").map(\.pid)
                return worker.count == 1 && worker != [first] && slot.count == 1 && slot != [stable]
            }
            try daemon.waitFor("finished", of: try daemon.enqueue("add", "1, 2"))
        }
    }

    @Test func `a worker that is killed after a renewal loses nothing`() throws {
        try Daemon.run(pool: "max_jobs = 1") { daemon in
            for _ in 0..<3 { try daemon.waitFor("finished", of: try daemon.enqueue("add", "1, 2")) }
            let held = try daemon.enqueue("hold", "'held'")
            _ = try daemon.process(from: "held.pid")
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try daemon.waitForLog("worker died")
            try daemon.release("held")
            try daemon.waitFor("finished", of: held)
            #expect(try daemon.members("wip:default").isEmpty)
        }
    }
}
