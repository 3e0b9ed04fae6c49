import Glibc
import TestSupport
import Testing

/// Jobs that fork, and whose children come back as if they were the job.
@Suite struct ForkedJobTests {
    @Test func `a job whose child returns too gives no other job a result`() throws {
        try Daemon.run(pool: "jobs_per_horse = 4") { daemon in
            let forking = try daemon.enqueue("fork_twice", "'return', False")
            var jobs: [String] = []
            for number in 0..<3 { jobs.append(try daemon.enqueue("value", "'\(number)', 0.5")) }
            for job in [forking] + jobs { try daemon.waitFor("finished", of: job) }
            let values = try jobs.map { try daemon.value(of: $0) }
            try #require(values == ["'0'", "'1'", "'2'"])
            try #require(try daemon.value(of: forking) == "'own'")
        }
    }

    @Test(arguments: [("return", "0"), ("raise", "1"), ("exit", "3")])
    func `a child that comes back leaves with its status, and its parent's word counts`(
        how: String, status: String
    ) throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("fork_twice", "'\(how)'")
            try daemon.waitFor("finished", of: job)
            try #require(try daemon.value(of: job) == status)
            if how == "raise" { try daemon.waitForLog("ValueError: the child fails") }
        }
    }

    @Test func `a process whose job was broken off by its timeout runs no other`() throws {
        try Daemon.run(pool: "jobs_per_horse = 100") { daemon in
            let late = try daemon.enqueue("hold", "'a', job_timeout=1")
            let first = try daemon.process(from: "a.pid")
            try daemon.waitFor("failed", of: late)
            try first.waitForEnd()
            try daemon.enqueue("hold", "'b'")
            _ = try daemon.process(from: "b.pid", otherThan: first)
            try daemon.release("b")
        }
    }
}
