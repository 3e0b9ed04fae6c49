import Glibc
import TestSupport
import Testing

/// What dies in the middle of a job: the job is settled at once, and all goes on.
@Suite struct DeathTests {
    @Test func `a killed horse fails its job within a second, with the signal's name`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            horse.send(SIGKILL)
            try daemon.waitFor("failed", of: job, within: .seconds(1))
            let text = try daemon.exception(of: job)
            try #require(
                text == "Work-horse terminated unexpectedly; it was killed by SIGKILL (signal 9)")
            try self.worksOn(daemon)
        }
    }

    @Test func `a killed horse takes its children along`() throws {
        try Daemon.run { daemon in
            try daemon.enqueue("hold_with_child", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let child = try daemon.process(from: "a.child")
            horse.send(SIGKILL)
            try child.waitForEnd(within: .seconds(1))
        }
    }

    @Test func `a killed slot stable hands its job back within a second`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold_with_child", "'a'")
            let child = try daemon.process(from: "a.child")
            let horse = try daemon.process(from: "a.pid")
            try daemon.process("rqd: stable default/0").send(SIGKILL)
            try self.isRunAgain(job, "a", daemon, after: horse, within: .seconds(1))
            try child.waitForEnd(within: .seconds(1))
            let reason = try daemon.field("rqd_handed_back", of: "job:\(job)")
            try #require(reason == "the interpreter it was forked from died while it ran")
        }
    }

    @Test func `a job that waits for a horse gets one although the slot stable is killed`() throws {
        try Daemon.run { daemon in
            let slotStable = try daemon.process("rqd: stable default/0")
            _ = try daemon.process("rqd: horse default/0 waiting")
            slotStable.send(SIGSTOP)
            // This one takes the horse that waits; there will be no other.
            let first = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: first)
            let second = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("started", of: second)
            slotStable.send(SIGKILL)
            try daemon.waitFor("finished", of: second, within: .seconds(5))
        }
    }

    @Test func `a slot stable that hangs when its horse dies is replaced, and the job run again`()
        throws
    {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            try daemon.process("rqd: stable default/0").send(SIGSTOP)
            horse.send(SIGKILL)
            try self.isRunAgain(job, "a", daemon, after: horse, within: .seconds(5))
            try daemon.waitForLog("does not tell that a horse has ended")
        }
    }

    @Test func `a killed stable disturbs no running job and is replaced`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let stable = try daemon.process("rqd: stable app.tasks")
            stable.send(SIGKILL)
            try stable.waitForEnd()
            let next = try daemon.process("rqd: stable app.tasks")
            try #require(next.pid != stable.pid)
            try #require(horse.isAlive)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try self.worksOn(daemon)
        }
    }

    @Test func `a killed worker's job is handed back within a second and the slot refilled`()
        throws
    {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold_with_child", "'a'")
            let child = try daemon.process(from: "a.child")
            let horse = try daemon.process(from: "a.pid")
            let worker = try daemon.process("rqd: worker default/0")
            worker.send(SIGKILL)
            try self.isRunAgain(job, "a", daemon, after: horse, within: .seconds(1))
            try child.waitForEnd(within: .seconds(1))
            try #require(try daemon.process("rqd: worker default/0").pid != worker.pid)
            try #require(try daemon.field("rqd_worker_deaths", of: "job:\(job)") == "1")
            try #require(try daemon.keys("rq:execution*") == [])
        }
    }

    @Test func `a horse ends with its worker at once, although its slot stable hangs`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            // Nobody else is there to end it: neither the successor nor the slot stable.
            daemon.send(SIGSTOP)
            let slotStable = try daemon.process("rqd: stable default/0")
            slotStable.send(SIGSTOP)
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try horse.waitForEnd(within: .seconds(1))
            slotStable.send(SIGCONT)
            daemon.send(SIGCONT)
            try self.isRunAgain(job, "a", daemon, after: horse, within: .seconds(2))
        }
    }

    @Test func `a killed master's whole tree ends, and the next one settles its jobs in 2 s`()
        throws
    {
        try Daemon.run(workers: 2) { daemon in
            let jobs = try [
                daemon.enqueue("hold_with_child", "'a'"), daemon.enqueue("hold_with_child", "'b'"),
            ]
            let horses = try ["a.pid", "b.pid"].map { try daemon.process(from: $0) }
            let children = try ["a.child", "b.child"].map { try daemon.process(from: $0) }
            let family = daemon.family
            try #require(family.count >= 9)
            daemon.send(SIGKILL)
            let watch = Stopwatch()
            for process in family + horses + children {
                try process.waitForEnd(within: .seconds(1) - watch.elapsed)
            }
            let restart = Stopwatch()
            try daemon.start(isAwaited: false)
            for (index, name) in ["a", "b"].enumerated() {
                try eventually("job \(name) is run again", within: .seconds(2) - restart.elapsed) {
                    let pid = try daemon.text(from: "\(name).pid")
                    return pid != "\(horses[index].pid)"
                }
            }
            for (job, name) in zip(jobs, ["a", "b"]) {
                let reason = try daemon.field("rqd_handed_back", of: "job:\(job)")
                try #require(reason == "the service died while it ran")
                try daemon.release(name)
                try daemon.waitFor("finished", of: job)
            }
        }
    }

    @Test func `a job that kills its worker three times is failed with that history`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("kill_worker", "'runs'")
            try daemon.waitFor("failed", of: job, within: .seconds(20))
            try #require(try daemon.text(from: "runs") == "run\nrun\nrun")
            try #require(try daemon.field("rqd_worker_deaths", of: "job:\(job)") == "3")
            let text = try daemon.exception(of: job)
            try #require(text.contains("its worker died while it ran"))
            try #require(text.contains("3"))
            try self.worksOn(daemon)
        }
    }

    @Test func `a horse that is killed while it waits costs nobody a job`() throws {
        try Daemon.run { daemon in
            for _ in 0..<5 {
                let horse = try daemon.process("rqd: horse default/0 waiting")
                horse.send(SIGKILL)
                try horse.waitForEnd()
                try self.worksOn(daemon)
            }
        }
    }

    /// The next job is run.
    private func worksOn(_ daemon: Daemon) throws {
        let job = try daemon.enqueue("add", "1, 2")
        try daemon.waitFor("finished", of: job)
    }

    /// The job runs in another horse, and the first one has ended.
    private func isRunAgain(
        _ job: String, _ name: String, _ daemon: Daemon, after horse: WatchedProcess,
        within limit: Duration
    ) throws {
        let watch = Stopwatch()
        try horse.waitForEnd(within: limit)
        try eventually("job \(name) is run again", within: limit - watch.elapsed) {
            try daemon.text(from: "\(name).pid") != "\(horse.pid)"
        }
        try daemon.release(name)
        try daemon.waitFor("finished", of: job)
    }
}
