import Glibc
import RedisKit
import TestSupport
import Testing

/// What a worker does with jobs that go on for a while.
@Suite struct JobTests {
    @Test func `one worker takes all of high first, then default, then low`() throws {
        var settings = Daemon.Settings()
        settings.queues = ["high", "default", "low"]
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            for name in ["1", "2", "3"] {
                for queue in ["low", "default", "high"] {
                    try daemon.enqueue("note", "'order', '\(queue) \(name)'", on: queue)
                }
            }
            let last = try daemon.enqueue("note", "'order', 'end'", on: "low")
            try daemon.start()
            try daemon.waitFor("finished", of: last)
            let order = try daemon.text(from: "order").split(separator: "\n").map(String.init)
            let expected = ["high", "default", "low"].flatMap { queue in
                ["1", "2", "3"].map { "\(queue) \($0)" }
            }
            try #require(order == expected + ["end"])
        }
    }

    @Test func `a job on high overtakes those that wait on low`() throws {
        try Daemon.run(queues: ["high", "low"]) { daemon in
            try daemon.enqueue("hold", "'a'", on: "low")
            _ = try daemon.process(from: "a.pid")
            let last = try daemon.enqueue("note", "'order', 'low'", on: "low")
            try daemon.enqueue("note", "'order', 'high'", on: "high")
            try daemon.release("a")
            try daemon.waitFor("finished", of: last)
            try #require(try daemon.text(from: "order") == "high\nlow")
        }
    }

    @Test func `a worker is shown busy with its second job as with its first`() throws {
        try Daemon.run { daemon in
            let first = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let second = try daemon.enqueue("hold", "'b'")
            try daemon.release("a")
            _ = try daemon.process(from: "b.pid")
            try daemon.waitFor("finished", of: first)
            let shown = try daemon.python(
                """
                worker, = Worker.all(connection=redis)
                print(worker.get_state(), worker.get_current_job_id())
                print(worker.successful_job_count)
                """)
            try #require(shown == "busy \(second)\n1")
            try daemon.release("b")
            try daemon.waitFor("finished", of: second)
        }
    }

    @Test func `while a job runs, worker, lease and execution are renewed at every heartbeat`()
        throws
    {
        try Daemon.run(pool: "heartbeat_interval = \"1s\"") { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            let worker = try daemon.workerName()
            let execution = try #require(try daemon.keys("rq:execution:*").first)
            let member = try #require(try daemon.members("wip:default").first)
            try #require(member.hasPrefix("\(job):"))
            func signs() throws -> [String] {
                var signs = [
                    try daemon.field("last_heartbeat", of: "worker:\(worker)") ?? "",
                    try daemon.field("current_job_working_time", of: "worker:\(worker)") ?? "",
                    try daemon.field("last_heartbeat", of: "job:\(job)") ?? "",
                    try daemon.field("last_heartbeat", of: String(execution.dropFirst(3))) ?? "",
                    try daemon.redis("ZSCORE", "rq:wip:default", member).text ?? "",
                ]
                guard try RedisProgram.isAtLeast(7, 0) else { return signs }
                for key in [execution, "rq:worker:\(worker)"] {
                    signs.append("\(try daemon.redis("EXPIRETIME", key))")
                }
                return signs
            }
            let before = try signs()
            try eventually("every sign of life has moved", within: .seconds(5)) {
                zip(before, try signs()).allSatisfy { $0 != $1 }
            }
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `a job past its timeout raises rq's own exception`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a', job_timeout=1")
            try daemon.waitFor("failed", of: job)
            let text = try daemon.exception(of: job)
            try #require(
                text.hasSuffix(
                    "rq.timeouts.JobTimeoutException: "
                        + "Task exceeded maximum timeout value (1 seconds)"))
        }
    }

    @Test func `a job deaf to its timeout is killed from outside after the grace`() throws {
        try Daemon.run(pool: "timeout_grace = \"300ms\"") { daemon in
            let job = try daemon.enqueue("hold_against", "'a', [14], job_timeout=1")
            let horse = try daemon.process(from: "a.pid")
            try daemon.waitFor("failed", of: job)
            try #require(!horse.isAlive)
            let text = try daemon.exception(of: job)
            try #require(text.contains("in hold_against\n"))
            try #require(
                text.hasSuffix(
                    "Task exceeded maximum timeout value (1 seconds); "
                        + "its process ignored that and was killed"))
            let next = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: next)
        }
    }

    @Test func `titles tell what each process does`() throws {
        try Daemon.run(workers: 4) { daemon in
            let master = try WatchedProcess(daemon.pid)
            try eventually("the master's title") { master.title == "rqd: master 4/4" }
            for slot in 0..<4 { _ = try daemon.process("rqd: worker default/\(slot) idle") }
            let job = try daemon.enqueue("send", "'a'")
            let horse = try daemon.process(from: "a.pid")
            try #require(horse.title == "rqd: horse app.tasks.send \(job)")
            let busy = daemon.processes("rqd: worker").filter { $0.title.hasSuffix(job) }
            try #require(busy.count == 1)
            try #require(busy[0].title.hasSuffix(" app.tasks.send \(job)"))
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
        }
    }

    @Test func `three hundred jobs leave no descriptor and no process behind`() throws {
        try Daemon.run { daemon in
            try self.run(20, daemon)
            func census() throws -> (processes: Int, descriptors: Int) {
                _ = try daemon.process("rqd: horse default/0 waiting")
                let all = try daemon.family + [WatchedProcess(daemon.pid)]
                return (all.count, all.reduce(0) { $0 + $1.openDescriptors })
            }
            let before = try census()
            try self.run(300, daemon)
            var after = before
            do {
                // The last horse may still be leaving.
                try eventually("no more than before") {
                    after = try census()
                    return after.processes <= before.processes
                        && after.descriptors <= before.descriptors
                }
            } catch {
                throw HarnessError("\(error): \(before) before, \(after) after")
            }
        }
    }

    private func run(_ count: Int, _ daemon: Daemon) throws {
        let last = try daemon.python(
            """
            queue = Queue(connection=redis)
            for number in range(\(count)):
                job = queue.enqueue('app.tasks.add', number, 1)
            print(job.id)
            """)
        try daemon.waitFor("finished", of: last, within: .seconds(30))
    }

    @Test func `a horse waits as long as it must, whatever timeout the application gives sockets`()
        throws
    {
        var settings = Daemon.Settings()
        settings.pool = "[pool.default.python]\npreload = [\"app.hasty\"]"
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.directory.write(
            "app/hasty.py", "import socket\n\nsocket.setdefaulttimeout(0.02)\n")
        try daemon.explain {
            try daemon.start()
            // Two horses in turn wait while this job runs: the next one, and the one after it.
            try daemon.waitFor("finished", of: daemon.enqueue("time.sleep", "0.4"))
            try daemon.waitFor("finished", of: daemon.enqueue("time.sleep", "0.4"))
            try #require(!daemon.log.contains("waiting horse"))
        }
    }
}
