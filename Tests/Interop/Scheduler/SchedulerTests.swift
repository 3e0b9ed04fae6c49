import Glibc
import TestSupport
import Testing

/// Jobs that Python schedules, moved by rqd.
@Suite struct SchedulerTests {
    /// The wall clock, in seconds.
    private func seconds(_ daemon: Daemon, since score: Double, of id: String) throws -> Double {
        let text = try daemon.python(
            "print(rq.job.Job.fetch('\(id)', connection=redis).enqueued_at.timestamp())")
        return (Double(text) ?? 0) - score
    }

    @Test func `a job is queued within milliseconds of its time, and not before`() throws {
        try Daemon.run { daemon in
            let ids = try daemon.python(
                """
                from datetime import timedelta
                queue = Queue('default', connection=redis)
                for delay in (1, 2, 3):
                    job = queue.enqueue_in(timedelta(seconds=delay), 'app.tasks.add', 1, delay)
                    print(job.id, int(redis.zscore('rq:scheduled:default', job.id)))
                """
            ).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            var delays: [Double] = []
            for id in ids {
                try daemon.waitFor("finished", of: id[0])
                delays.append(try seconds(daemon, since: Double(id[1]) ?? 0, of: id[0]))
            }
            // A look each second would be late by half of one, on the average.
            try #require(delays.allSatisfy { $0 >= 0 && $0 < 1 }, "\(delays)")
            try #require(delays.contains { $0 < 0.1 }, "\(delays)")
            try #require(try daemon.keys("rq:scheduled*") == [])
        }
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `every rq's scheduled jobs run`(release: PythonEnvironment.Release) throws {
        try Daemon.run { daemon in
            let id = try PythonConsole.of(release).run(
                """
                from datetime import datetime, timezone
                queue = Queue('default', connection=redis)
                past = datetime(2020, 1, 1, tzinfo=timezone.utc)
                print(queue.enqueue_at(past, 'app.tasks.add', 2, 3).id)
                """, redis: daemon.server.url)
            try daemon.waitFor("finished", of: id)
            try #require(try daemon.value(of: id) == "5")
        }
    }

    @Test func `a job that is canceled before its time does not run`() throws {
        try Daemon.run { daemon in
            let id = try daemon.python(
                """
                from datetime import timedelta
                queue = Queue('default', connection=redis)
                job = queue.enqueue_in(timedelta(seconds=1), 'app.tasks.add', 1, 1)
                redis.hset(job.key, 'status', 'canceled')
                print(job.id)
                """)
            try eventually("the entry is dropped") {
                try daemon.keys("rq:scheduled*") == []
            }
            try #require(try daemon.ids() == [])
            try #require(try daemon.status(of: id) == "canceled")
        }
    }

    @Test func `a retry after a pause comes back`() throws {
        try Daemon.run { daemon in
            let id = try daemon.enqueue(
                "note", "'no/such/directory', 'x', retry=Retry(max=1, interval=1)")
            try daemon.waitFor("scheduled", of: id)
            try daemon.waitFor("failed", of: id)
            try #require(try daemon.field("retries_left", of: "job:\(id)") == "0")
        }
    }

    @Test func `rq reads who schedules the queue`() throws {
        try Daemon.run { daemon in
            try daemon.waitForLog("queue is scheduled here")
            let scheduler = try daemon.process("rqd: scheduler")
            try eventually("the scheduler's hash") { try daemon.keys("rq:scheduler:*") != [] }
            let told = try daemon.python(
                """
                from rq.scheduler import RQScheduler
                name = redis.get('rq:scheduler-lock:default').decode()
                found = RQScheduler.fetch(name, redis)
                print(Queue('default', connection=redis).scheduler_pid, found.pid, int(name))
                print(sorted(found._queue_names), 0 < redis.ttl('rq:scheduler-lock:default') <= 61)
                """)
            let pid = scheduler.pid
            try #require(told == "\(pid) \(pid) \(pid)\n['default'] True")
            for release in PythonEnvironment.Release.compared {
                let read = try PythonConsole.of(release).run(
                    "print(Queue('default', connection=redis).scheduler_pid)",
                    redis: daemon.server.url)
                try #require(read == "\(pid)", "\(release)")
            }
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.keys("rq:*").filter { try !daemon.isOfTheDead($0) } == [])
        }
    }

    @Test func `a scheduler that is killed is replaced, and its successor takes over at once`()
        throws
    {
        try Daemon.run { daemon in
            try daemon.waitForLog("queue is scheduled here")
            let first = try daemon.process("rqd: scheduler")
            try eventually("the scheduler's hash") { try daemon.keys("rq:scheduler:*") != [] }
            first.send(SIGKILL)
            try first.waitForEnd(within: .seconds(1))
            let watch = Stopwatch()
            let id = try daemon.python(
                """
                from datetime import datetime
                queue = Queue('default', connection=redis)
                print(queue.enqueue_at(datetime(2020, 1, 1), 'app.tasks.add', 2, 3).id)
                """)
            try daemon.waitFor("finished", of: id, within: .seconds(2))
            try #require(watch.elapsed < .seconds(2))
            try #require(try daemon.process("rqd: scheduler").pid != first.pid)
        }
    }

    @Test func `a burst runs what is due, and only with the flag`() throws {
        let server = try RedisServer()
        let console = try PythonConsole.of(.rq3_0)
        let id = try console.run(
            """
            from datetime import datetime
            queue = Queue('default', connection=redis)
            print(queue.enqueue_at(datetime(2020, 1, 1), 'work.add', 2, 3).id)
            """, redis: server.url)
        for (flags, status) in [([], "scheduled"), (["--with-scheduler"], "finished")] {
            let finished = try TestSupport.run(
                [try BuiltProgram.rqd(), "worker", "--burst", "--url", server.url] + flags,
                environment: inheritedEnvironment().merging(
                    ["VIRTUAL_ENV": try PythonEnvironment(.rq3_0).path]
                ) { $1 }, directory: Application.directory)
            try #require(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
            let told = try console.run(
                "print(redis.hget('rq:job:\(id)', 'status').decode())", redis: server.url)
            try #require(told == status)
        }
    }
}
