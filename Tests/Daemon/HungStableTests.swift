import Glibc
import TestSupport
import Testing

/// Processes that hang where others wait for them.
@Suite struct HungStableTests {
    /// Has the horse that waits taken by a job, so that the next one needs a new horse.
    private func use(_ daemon: Daemon) throws {
        let first = try daemon.enqueue("add", "1, 2")
        try daemon.waitFor("finished", of: first)
    }

    @Test func `a job whose slot stable hangs goes back, and the slot gets another one`() throws {
        try Daemon.run { daemon in
            let slotStable = try daemon.process("rqd: stable default/0")
            _ = try daemon.process("rqd: horse default/0 waiting")
            slotStable.send(SIGSTOP)
            try use(daemon)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job, within: .seconds(6))
            try slotStable.waitForEnd()
            try daemon.waitForLog("slot stable hangs and is killed")
            try daemon.waitForLog("no process could be forked for it in time")
            try #require(try daemon.field("rqd_worker_deaths", of: "job:\(job)") == nil)
        }
    }

    @Test func `another worker runs it meanwhile`() throws {
        try Daemon.run(workers: 2) { daemon in
            for slot in 0..<2 {
                let slotStable = try daemon.process("rqd: stable default/\(slot)")
                if slot == 0 { slotStable.send(SIGSTOP) }
            }
            var jobs: [String] = []
            for _ in 0..<6 { jobs.append(try daemon.enqueue("add", "1, 2")) }
            for job in jobs { try daemon.waitFor("finished", of: job, within: .seconds(6)) }
        }
    }

    @Test func `a horse that does not take its job is killed, and another takes it`() throws {
        try Daemon.run { daemon in
            let horse = try daemon.process("rqd: horse default/0 waiting")
            horse.send(SIGSTOP)
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job, within: .seconds(6))
            try horse.waitForEnd()
            try daemon.waitForLog("does not take its job and is killed")
            try #require(try daemon.field("rqd_worker_deaths", of: "job:\(job)") == nil)
        }
    }

    @Test func `a stable that hangs is replaced when a slot needs it`() throws {
        try Daemon.run { daemon in
            let stable = try daemon.process("rqd: stable app.tasks")
            stable.send(SIGSTOP)
            try daemon.process("rqd: stable default/0").send(SIGKILL)
            try stable.waitForEnd(within: .seconds(20))
            try daemon.waitForLog("stable hangs and is killed")
            let job = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: job, within: .seconds(20))
        }
    }

    @Test func `a job that is stopped ends as stopped although its slot stable hangs`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            try daemon.process("rqd: stable default/0").send(SIGSTOP)
            try daemon.python("rq.command.send_stop_job_command(redis, '\(job)')")
            try daemon.waitFor("stopped", of: job, within: .seconds(6))
        }
    }
}
