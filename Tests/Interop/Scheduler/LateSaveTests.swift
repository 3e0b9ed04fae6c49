import RQ
import RedisKit
import TestSupport
import Testing

/// Producers that save a job after it was enqueued, as late as it may be, with real rq.
@Suite struct LateSaveTests {
    /// Each enqueues a job that ends at once, and saves it when it has ended.
    private static let producers = [
        "done": "queue.enqueue('app.tasks.add', 1, 2, result_ttl=0)",
        "failed": "queue.enqueue('operator.truediv', 1, 0, failure_ttl=0)",
        "dependent": """
        queue.enqueue('app.tasks.add', 1, 2, result_ttl=0,
            depends_on=queue.enqueue('app.tasks.add', 1, 1, result_ttl=0))
        """,
        "expired": "queue.enqueue('app.tasks.add', 1, 2, result_ttl=1)",
        "retried": "queue.enqueue('operator.truediv', 1, 0, retry=Retry(2), failure_ttl=0)",
    ]

    @Test(arguments: producers.keys.sorted())
    func `no key stays for ever of a job that was saved after its end`(kind: String) throws {
        var settings = Daemon.Settings()
        settings.pool = "[scheduler]\nmaintenance_interval = \"1s\""
        let daemon = try Daemon(settings, on: RedisServer())
        let producer = try #require(Self.producers[kind])
        try daemon.explain {
            try daemon.start()
            try daemon.python(
                """
                import time
                queue = Queue('default', connection=redis)
                job = \(producer)
                deadline = time.monotonic() + 20
                while redis.exists(job.key):
                    assert time.monotonic() < deadline, redis.hgetall(job.key)
                    time.sleep(0.01)
                job.meta['title'] = 'late'
                job.save()
                assert redis.ttl(job.key) == -1
                """)
            try eventually("what was saved is gone", within: .seconds(15)) {
                try daemon.keys("rq:job:*") == []
            }
            try #require(try daemon.ids() == [])
        }
    }

    @Test func `who waits for a job that was saved after its end runs all the same`() throws {
        var settings = Daemon.Settings()
        settings.pool = "[scheduler]\nmaintenance_interval = \"5s\""
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let waiting = try daemon.python(
                """
                import time
                queue = Queue('default', connection=redis)
                job = queue.enqueue('app.tasks.add', 1, 2, result_ttl=0)
                while redis.exists(job.key): time.sleep(0.01)
                job.save()
                print(queue.enqueue('app.tasks.add', 3, 4, depends_on=job).id)
                """)
            try daemon.waitFor("finished", of: waiting, within: .seconds(40))
        }
    }
}
