import RedisKit
import TestSupport
import Testing

/// Jobs with more dependents than one step releases.
@Suite struct DependentTests {
    @Test func `all of many dependents are queued when their job has ended`() throws {
        try Daemon.run { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.process(from: "a.pid")
            try daemon.python(
                """
                from rq.job import Job
                other, parent = Queue('other', connection=redis), Job.fetch('\(job)', redis)
                for n in range(300): other.enqueue('app.tasks.add', n, n, depends_on=parent)
                """)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try eventually("300 jobs are queued") {
                try daemon.redis("LLEN", "rq:queue:other").integer == 300
            }
            try eventually("nothing is left to do") {
                try daemon.redis("EXISTS", "rq:rqd:unfinished", "rq:deferred:other").integer == 0
            }
        }
    }

    @Test func `what a worker has left that died of it is done by the next one that registers`()
        throws
    {
        var settings = Daemon.Settings()
        settings.queues = ["other"]
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            let id = try daemon.python(
                """
                parent = Queue('default', connection=redis).enqueue('app.tasks.add', 1, 2)
                other = Queue('other', connection=redis)
                print(other.enqueue('app.tasks.add', 3, 4, depends_on=parent).id)
                parent.delete()
                redis.sadd('rq:rqd:releasing:17.5:gone', *redis.zrange('rq:deferred:other', 0, -1))
                redis.zadd('rq:rqd:unfinished', {'release finished 17.5 gone': 17.5})
                """)
            try daemon.start()
            try daemon.waitFor("finished", of: id)
            try eventually("nothing is left to do") {
                try daemon.redis("EXISTS", "rq:rqd:unfinished").integer == 0
            }
        }
    }
}
