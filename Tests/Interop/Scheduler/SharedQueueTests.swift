import Glibc
import RedisKit
import TestSupport
import Testing

/// rqd's scheduler and those of `rq worker --with-scheduler` on one queue.
@Suite struct SharedQueueTests {
    private static let releases: [PythonEnvironment.Release] = [.rq3_0, .rq2_12, .rq2_6]

    /// Schedules a job that was due long ago.
    private func schedule(_ daemon: Daemon, on queue: String = "default") throws -> String {
        try daemon.python(
            """
            from datetime import datetime
            queue = Queue('\(queue)', connection=redis)
            print(queue.enqueue_at(datetime(2020, 1, 1), 'work.add', 2, 3).id)
            """)
    }

    @Test(arguments: releases)
    func `of two schedulers exactly one moves each job`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        let daemon = try Application.daemon(queues: ["other"], pool: "", on: server)
        try daemon.explain {
            try daemon.start()
            // Nobody takes from this queue, so that what was moved stays to be counted.
            let python = try PythonScheduler(release, queues: ["other"], on: server)
            try python.waitForLine("Listening on")
            try daemon.python("redis.set('rq:suspended', 1)")
            let count = try daemon.python(
                """
                from datetime import datetime
                import time
                queue = Queue('other', connection=redis)
                due = datetime.fromtimestamp(int(time.time()) + 2)
                ids = [queue.enqueue_at(due, 'work.nothing').id for _ in range(300)]
                print(len(ids))
                """)
            try #require(count == "300")
            try eventually("all are moved") { try daemon.keys("rq:scheduled*") == [] }
            let ids = try daemon.ids(in: "other")
            // A Python worker takes one job more after it was suspended.
            try #require(Set(ids).count == ids.count && (299...300).contains(ids.count))
        }
    }

    @Test(arguments: releases)
    func `rqd leaves a queue to a Python scheduler, and takes over when its lock expires`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        let python = try PythonScheduler(release, queues: ["default"], on: server)
        try python.waitForLine("Acquired scheduler lock for default")
        let daemon = try Application.daemon(queues: ["default"], pool: "", on: server)
        try daemon.explain {
            let held = try server.connect().call(Command("GET", "rq:scheduler-lock:default"))
            try daemon.start()
            let first = try schedule(daemon)
            try daemon.waitFor("finished", of: first)
            try #require(!daemon.log.contains("queue is scheduled here"))
            let still = try server.connect().call(Command("GET", "rq:scheduler-lock:default"))
            try #require(still == held && still.text != nil)
            python.kill()
            // The lock of a process on another machine expires within 61 s: here, at once.
            let second = try schedule(daemon)
            try daemon.redis("PEXPIRE", "rq:scheduler-lock:default", "100")
            try daemon.waitFor("finished", of: second, within: .seconds(3))
            try #require(daemon.log.contains("queue is scheduled here"))
        }
    }

    @Test(arguments: [PythonEnvironment.Release.rq3_0, .rq2_12])
    func `a Python scheduler takes over from an rqd that was killed`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        let daemon = try Application.daemon(queues: ["default"], pool: "", on: server)
        try daemon.explain {
            try daemon.start()
            try daemon.waitForLog("queue is scheduled here")
            let python = try PythonScheduler(release, queues: ["default"], on: server)
            try python.waitForLine("Listening on")
            daemon.send(SIGKILL)
            _ = try daemon.wait()
            let id = try schedule(daemon)
            try daemon.redis("PEXPIRE", "rq:scheduler-lock:default", "100")
            try python.waitForLine("Acquired scheduler lock for default")
            try daemon.waitFor("finished", of: id)
        }
    }
}
