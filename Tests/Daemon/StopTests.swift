import Glibc
import TestSupport
import Testing

/// How a daemon stops: first warm, then cold.
@Suite struct StopTests {
    @Test func `the first TERM lets running jobs finish, takes nothing new and leaves no trace`()
        throws
    {
        try Daemon.run(workers: 2) { daemon in
            let running = try [daemon.enqueue("hold", "'a'"), daemon.enqueue("hold", "'b'")]
            let horses = try [daemon.process(from: "a.pid"), daemon.process(from: "b.pid")]
            daemon.send(SIGTERM)
            try daemon.waitForLog("warm stop")
            let late = try daemon.enqueue("add", "1, 2")
            try daemon.release("a")
            try daemon.waitFor("finished", of: running[0])
            try daemon.release("b")
            try #require(try daemon.wait() == .exited(code: 0))
            for horse in horses { try horse.waitForEnd(within: .seconds(1)) }
            try #require(try running.map { try daemon.status(of: $0) } == ["finished", "finished"])
            try #require(try daemon.status(of: late) == "queued")
            try #require(try daemon.ids() == [late])
            try #require(try daemon.traces() == [])
        }
    }

    @Test func `the second TERM ends horses and their children within a second`() throws {
        try Daemon.run(workers: 2) { daemon in
            let jobs = try [
                daemon.enqueue("hold_with_child", "'a'"), daemon.enqueue("hold_with_child", "'b'"),
            ]
            let doomed = try ["a.pid", "a.child", "b.pid", "b.child"].map {
                try daemon.process(from: $0)
            }
            let waiting = try daemon.enqueue("add", "1, 2")
            daemon.send(SIGTERM)
            try daemon.waitForLog("warm stop")
            let first = Stopwatch()
            // One that comes at once is the same request.
            daemon.send(SIGTERM)
            try eventually("a second has passed") { first.elapsed > .seconds(1) }
            for process in doomed { try #require(process.isAlive) }
            daemon.send(SIGTERM)
            let watch = Stopwatch()
            for process in doomed { try process.waitForEnd(within: .seconds(1) - watch.elapsed) }
            try #require(try daemon.wait() == .exited(code: 0))
            // They come before what waited, and say why they are there.
            let ids = try daemon.ids()
            try #require(Set(ids.prefix(2)) == Set(jobs))
            try #require(ids.last == waiting)
            for job in jobs {
                try #require(try daemon.status(of: job) == "queued")
                let reason = try daemon.field("rqd_handed_back", of: "job:\(job)")
                try #require(reason == "the service was stopped while it ran")
            }
            try #require(try daemon.traces() == [])
        }
    }

    @Test func `the service has ended when its last slot stable has`() throws {
        try Daemon.run { daemon in
            let worker = try daemon.process("rqd: worker default/0")
            let slot = try daemon.process("rqd: stable default/0")
            let stable = try #require(
                daemon.processes("rqd: stable ").first { $0.pid != slot.pid })
            slot.send(SIGSTOP)
            daemon.send(SIGTERM)
            try worker.waitForEnd()
            try eventually("the stable is told, and waits") {
                let place = (try? readFile("/proc/\(stable.pid)/wchan")) ?? []
                return !stable.isAlive || String(decoding: place, as: UTF8.self) == "do_wait"
            }
            try #require(stable.isAlive)
            slot.send(SIGCONT)
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(!slot.isAlive)
        }
    }

    @Test func `QUIT is a cold stop at once`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            daemon.send(SIGQUIT)
            try horse.waitForEnd(within: .seconds(1))
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.ids() == [job])
            try #require(try daemon.traces() == [])
        }
    }

    @Test func `with on_stop = fail, an interrupted job fails and says so`() throws {
        try Daemon.run(pool: "on_stop = \"fail\"") { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            daemon.send(SIGQUIT)
            try #require(try daemon.wait() == .exited(code: 0))
            let text = try daemon.exception(of: job)
            try #require(text.contains("the service was stopped while it ran"))
            try #require(try daemon.status(of: job) == "failed")
        }
    }

    @Test func `past stop_timeout a job is asked to end, and keeps what it then says`() throws {
        try Daemon.run(pool: "stop_timeout = \"300ms\"") { daemon in
            let job = try daemon.enqueue("finish_on_term", "'a'")
            _ = try daemon.process(from: "a.pid")
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            let value = try daemon.value(of: job)
            try #require(value == "'was asked'")
        }
    }

    @Test func `past stop_timeout and the grace, a job deaf to TERM is killed and handed back`()
        throws
    {
        try Daemon.run(pool: "stop_timeout = \"200ms\"\nkill_grace = \"300ms\"") { daemon in
            let job = try daemon.enqueue("hold_against", "'a', [15]")
            let horse = try daemon.process(from: "a.pid")
            daemon.send(SIGTERM)
            let watch = Stopwatch()
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(watch.elapsed >= .milliseconds(500))
            try #require(!horse.isAlive)
            try #require(try daemon.ids() == [job])
            try #require(try daemon.status(of: job) == "queued")
            try #require(try daemon.traces() == [])
        }
    }

    @Test(arguments: ["rqd: stable loading", "rqd: stable default/0", "rqd: worker default/0 idle"])
    func `a stop in the middle of the start leaves nothing behind`(moment: String) throws {
        try Daemon.run { daemon in
            daemon.send(SIGTERM)
            try daemon.wait()
            try daemon.start(isAwaited: false)
            _ = try daemon.process(moment)
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.traces() == [])
        }
    }
}
