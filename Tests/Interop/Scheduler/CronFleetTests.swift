import Glibc
import RedisKit
import TestSupport
import Testing

/// Entries of `[cron]`, in a fleet, as rq sees them.
@Suite struct CronFleetTests {
    private static let section = """
        [cron.yearly]
        function = "app.tasks.add"
        args = [2, 3]
        schedule = "0 0 1 1 *"

        [cron.often]
        function = "app.tasks.add"
        kwargs = { a = 4, b = 5 }
        schedule = "1s"
        """

    private func daemon(_ number: Int, on server: RedisServer) throws -> Daemon {
        var settings = Daemon.Settings()
        settings.pool = "worker_name = \"d\(number)\"\n\(Self.section)"
        return try Daemon(settings, on: server)
    }

    @Test func `entries run, and rq shows them`() throws {
        let server = try RedisServer()
        let daemon = try daemon(0, on: server)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try eventually("two runs", within: .seconds(20)) {
                try daemon.redis("ZCARD", "rq:cron_job:often:jobs").integer ?? 0 >= 2
            }
            let id = try #require(try daemon.members("cron_job:often:jobs").first)
            try daemon.waitFor("finished", of: id)
            try #require(try daemon.value(of: id) == "9")
            let told = try daemon.python(
                """
                from rq.cron import CronScheduler
                found, = CronScheduler.all(redis)
                for job in found.get_jobs():
                    print(job.name, job.func_name, job.queue_name, job.args, job.kwargs,
                          job.interval, job.cron, job.next_enqueue_time is not None)
                """)
            try #require(
                told == """
                    yearly app.tasks.add default (2, 3) {} None 0 0 1 1 * True
                    often app.tasks.add default () {'a': 4, 'b': 5} 1 None True
                    """)
            daemon.send(SIGTERM)
            _ = try daemon.wait()
            try #require(try daemon.keys("rq:cron_scheduler*") == [])
            try #require(try daemon.keys("rq:rqd:*") == [])
        }
    }

    @Test func `of two rqds one queues, and when it is killed the other does`() throws {
        let server = try RedisServer()
        let first = try daemon(1, on: server)
        let second = try daemon(2, on: server)
        try first.explain {
            try first.start(isAwaited: false)
            try first.waitForLog("cron entries are queued here")
            try second.start(isAwaited: false)
            try second.waitForLog("listening")
            func count() throws -> Int {
                try first.redis("ZCARD", "rq:cron_job:often:jobs").integer ?? 0
            }
            let before = try count()
            try eventually("some runs more", within: .seconds(20)) { try count() >= before + 3 }
            try #require(!second.log.contains("cron entries are queued here"))
            let scores = try first.python(
                """
                times = [s for _, s in redis.zrange('rq:cron_job:often:jobs', 0, -1, withscores=True)]
                print(all(later - sooner >= 1 for sooner, later in zip(times, times[1:])))
                """)
            try #require(scores == "True")
            first.send(SIGKILL)
            _ = try first.wait()
            // Its lock is that of a process of this host that is known to be dead.
            try second.waitForLog("cron entries are queued here")
            let after = try count()
            try eventually("it goes on", within: .seconds(20)) { try count() > after }
        }
    }
}
