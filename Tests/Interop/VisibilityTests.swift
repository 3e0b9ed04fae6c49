import Glibc
import RedisKit
import TestSupport
import Testing

/// What rq's own tools show of rqd's workers.
@Suite struct VisibilityTests {
    private static let readers = PythonEnvironment.Release.allCases
    private static let mail = """
        [pool.mail]
        workers = 1
        queues = ["mail"]
        """

    /// Two workers on `high` and `default`, one on `mail`.
    private func run(_ body: (Daemon) throws -> Void) throws {
        try Application.run(workers: 2, queues: ["high", "default"], pool: Self.mail) { daemon in
            try daemon.waitForLog("mail/0: listening")
            try body(daemon)
        }
    }

    @Test(arguments: readers)
    func `idle workers are shown with all that describes them`(
        reader: PythonEnvironment.Release
    ) throws {
        let start = now()
        try run { daemon in
            let view = try Script(reader, on: daemon).observe(queue: "default")
            let host = try hostname()
            let names = ["default.0", "default.1", "mail.0"].map { "\(host).\($0)" }
            try #require(view.workers.map(\.name) == names)
            try #require((view.count, view.countOfQueue) == (3, 2))
            try #require(view.ofQueue == Array(names.prefix(2)))
            let titles = ["default/0", "default/1", "mail/0"]
            let python = try PythonEnvironment(.rq3_0).run(
                script: "import sys; print(sys.version, end='')")
            for (worker, title) in zip(view.workers, titles) {
                let pid = try daemon.process("rqd: worker \(title)").pid
                try #require((worker.hostname, worker.pid) == (host, pid))
                let queues = title == "mail/0" ? ["mail"] : ["high", "default"]
                try #require(worker.queues == queues)
                try #require(worker.state == "idle")
                try #require(worker.birth > start - 1 && worker.birth < now() + 1)
                try #require(worker.heartbeat >= worker.birth && worker.heartbeat < now() + 1)
                try #require((worker.succeeded, worker.failed) == (0, 0))
                try #require(worker.workingTime == 0)
                try #require((worker.version, worker.pythonVersion) == ("3.0.0", python))
                try #require(worker.jobId == nil)
            }
        }
    }

    @Test(arguments: readers)
    func `a busy worker is shown with its job, and its counters after it`(
        reader: PythonEnvironment.Release
    ) throws {
        try run { daemon in
            let script = Script(reader, on: daemon)
            try script.enqueue(Call("first", "work.wait", "first", queue: "mail"))
            try daemon.redis("BLPOP", "test:running", "20")
            let busy = try #require(try script.observe(queue: "mail").workers.last)
            try #require((busy.state, busy.jobId, busy.job) == ("busy", "first", "work.wait"))
            try #require((busy.succeeded, busy.failed) == (0, 0))
            try daemon.redis("RPUSH", "test:go:first", "")
            try script.enqueue(
                Call("second", "work.fail", "boom", queue: "mail"),
                Call("third", "work.good", queue: "mail"))
            try daemon.waitFor("finished", of: "third")
            let view = try script.observe(queue: "mail")
            let idle = try #require(view.workers.last)
            try #require((idle.state, idle.jobId) == ("idle", nil))
            try #require((idle.succeeded, idle.failed) == (2, 1))
            try #require(idle.workingTime > 0 && idle.workingTime < 60)
            try #require(idle.heartbeat > busy.birth)
            // The others have done nothing.
            try #require(view.workers.dropLast().allSatisfy { $0.succeeded + $0.failed == 0 })
        }
    }

    @Test(arguments: [PythonEnvironment.Release.rq3_0, .rq2_12])
    func `rq info shows workers and queues, idle and busy`(
        reader: PythonEnvironment.Release
    ) throws {
        try run { daemon in
            let script = Script(reader, on: daemon)
            try script.enqueue(
                Call("a", "work.wait", "a", queue: "mail"), Call("b", "work.good", queue: "mail"))
            try daemon.redis("BLPOP", "test:running", "20")
            let host = try hostname()
            let pid = try daemon.process("rqd: worker mail/0").pid
            let queues = ["high", "default", "mail"]
            let raw = try script.info(["--raw"] + queues)
            try #require(raw.contains("queue mail 1, 1 executing, 0 finished, 0 failed"), "\(raw)")
            let busy = try #require(raw.first { $0.hasPrefix("worker \(host).mail.0 (\(host) ") })
            try #require(busy.hasSuffix(" \(pid)) busy mail. jobs: 0 finished, 0 failed"))
            let idle = try #require(raw.first { $0.hasPrefix("worker \(host).default.0 (") })
            try #require(idle.hasSuffix(") idle high, default. jobs: 0 finished, 0 failed"))
            let formatted = try script.info(queues)
            try #require(formatted.contains("3 workers, 3 queues"), "\(formatted)")
            let line = try #require(formatted.first { $0.hasPrefix("\(host).mail.0 (\(host) ") })
            try #require(line.hasSuffix(" \(pid)): busy mail. jobs: 0 finished, 0 failed"))
            let byQueue = try script.info(["--by-queue", "mail"])
            try #require(byQueue.contains("mail: \(host).mail.0 (busy)"), "\(byQueue)")
            try daemon.redis("RPUSH", "test:go:a", "")
            try daemon.waitFor("finished", of: "b")
            let after = try script.info(["--raw"])
            try #require(after.contains("queue mail 0, 0 executing, 2 finished, 0 failed"))
            daemon.send(SIGTERM)
            try daemon.wait()
            try #require(try script.info(["--raw", "--only-workers"]) == [])
        }
    }

    private func hostname() throws -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count) == 0 else {
            throw HarnessError("gethostname", "", errno: errno)
        }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Seconds since 1970.
    private func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
