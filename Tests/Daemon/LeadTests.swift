import Glibc
import TestSupport
import Testing

/// One idle worker of a pool hears of pushes for all; another takes over when it cannot.
@Suite struct LeadTests {
    /// Far below the minute after which an idle worker looks by itself.
    private static let limit = Duration.seconds(20)

    @Test func `while a worker is stopped, jobs go to the other one`() throws {
        try Daemon.run(workers: 2) { daemon in
            // One of the two leads.
            for slot in 0..<2 {
                let worker = try daemon.process("rqd: worker default/\(slot)")
                worker.send(SIGSTOP)
                defer { worker.send(SIGCONT) }
                for _ in 0..<2 {
                    let job = try daemon.enqueue("add", "1, 2")
                    try daemon.waitFor("finished", of: job, within: Self.limit)
                }
            }
        }
    }

    @Test func `a worker without a slot stable leaves the jobs to the other one`() throws {
        for slot in 0..<2 {
            try Daemon.run(workers: 2) { daemon in
                let stable = try daemon.process("rqd: stable app.tasks")
                stable.send(SIGSTOP)
                defer { stable.send(SIGCONT) }
                try daemon.process("rqd: stable default/\(slot)").send(SIGKILL)
                _ = try daemon.waitForLog("slot stable lost")
                for _ in 0..<2 {
                    let job = try daemon.enqueue("add", "1, 2")
                    try daemon.waitFor("finished", of: job, within: Self.limit)
                }
                try eventually("the worker says so") {
                    !daemon.processes(
                        "rqd: worker default/\(slot) waiting-for-python"
                    ).isEmpty
                }
            }
        }
    }

    @Test func `a retry that the server has run after the claim behind it is found`() throws {
        try Daemon.run(workers: 2) { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            _ = try daemon.redis("HSET", "rq:job:\(job)", "repeats_left", "1")
            // The other worker brings the claim's script back to the server, but not the
            // outcome's; so the claim behind the outcome comes before it.
            _ = try daemon.redis("SCRIPT", "FLUSH")
            _ = try daemon.enqueue("hold", "'b'")
            _ = try daemon.process(from: "b.pid")
            try daemon.release("a")
            try eventually("the second run", within: Self.limit) {
                try daemon.field("repeats_left", of: "job:\(job)") == "0"
                    && daemon.status(of: job) == "finished"
            }
            try daemon.release("b")
        }
    }
}
