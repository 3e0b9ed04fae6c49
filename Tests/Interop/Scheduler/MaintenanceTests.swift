import Glibc
import RQ
import RedisKit
import TestSupport
import Testing

/// What dead workers left behind, put in order by a running rqd.
@Suite struct MaintenanceTests {
    @Test func `the job of a Python worker that was killed fails as rq would have it`() throws {
        let server = try RedisServer()
        let python = try PythonScheduler(.rq3_0, queues: ["default"], on: server)
        let daemon = try Daemon(Daemon.Settings(), on: server)
        try daemon.explain {
            let code = """
                import time
                queue = Queue('default', connection=redis)
                print(queue.enqueue('time.sleep', 60).id)
                """
            let id = try daemon.python(code)
            try daemon.waitFor("started", of: id)
            python.kill()
            // Its lease ends a minute later: here, it ended a minute ago.
            try daemon.python(
                """
                import time
                for member in redis.zrange('rq:wip:default', 0, -1):
                    redis.zadd('rq:wip:default', {member: int(time.time()) - 60})
                for key in redis.keys('rq:execution*'): redis.delete(key)
                """)
            try daemon.start()
            try daemon.waitFor("failed", of: id)
            let reason = try daemon.exception(of: id)
            let start = "Moved to FailedJobRegistry, due to AbandonedJobError, at 20"
            try #require(reason.hasPrefix(start))
            let registries = try daemon.python(
                """
                queue = Queue('default', connection=redis)
                print(queue.failed_job_registry.get_job_ids(), queue.started_job_registry.count)
                """)
            try #require(registries == "['\(id)'] 0")
        }
    }

    @Test func `the job of a worker whose host has vanished runs here`() throws {
        let daemon = try Daemon(Daemon.Settings(), on: RedisServer())
        try daemon.explain {
            let id = try daemon.enqueue("add", "2, 3")
            let redis = try daemon.server.connect()
            let ghost = WorkerIdentity(keys: Keys(), name: "ghost")
            let birth = WorkerBirth(
                birth: .now(), queues: ["default"], pid: 5, hostname: "far", ipAddress: "unknown",
                version: "3.0.0", pythonVersion: "3.11", host: "far/boot/1", process: "5:5",
                registration: "r1")
            let calls = [
                ghost.birth(birth, lifetime: .seconds(420), takesOver: false),
                ghost.claim(
                    ExecutionID(String(repeating: "b", count: 32)), under: "r1", from: ["default"],
                    at: .now(), heartbeat: .seconds(30)),
            ]
            for call in calls {
                try redis.call(call.script, keys: call.keys, arguments: call.arguments)
            }
            try #require(try daemon.status(of: id) == "started")
            // Nothing was heard of it for so long that its keys have expired.
            try daemon.python(
                """
                for key in redis.keys('rq:execution*'): redis.delete(key)
                redis.delete('rq:worker:ghost', 'rq:worker:ghost:executions')
                for member in redis.zrange('rq:wip:default', 0, -1):
                    redis.zadd('rq:wip:default', {member: 5})
                """)
            try daemon.start()
            try daemon.waitFor("finished", of: id)
            try eventually("the ghost is forgotten") {
                try daemon.redis("HEXISTS", "rq:rqd:workers", "ghost").integer == 0
            }
            try #require(try daemon.field("rqd_handed_back", of: "job:\(id)") != nil)
            let workers = try daemon.redis("SMEMBERS", "rq:workers").array?.compactMap(\.text)
            try #require(workers?.contains("rq:worker:ghost") == false)
        }
    }

    @Test func `registries, groups and sets of dead workers are put in order at the start`() throws
    {
        let daemon = try Daemon(Daemon.Settings(), on: RedisServer())
        try daemon.explain {
            try daemon.python(
                """
                redis.sadd('rq:workers', 'rq:worker:dead')
                redis.sadd('rq:workers:default', 'rq:worker:dead')
                redis.zadd('rq:finished:default', {'old': 5})
                redis.zadd('rq:failed:default', {'old': 5, 'kept': -1})
                redis.sadd('rq:groups', 'gone')
                redis.sadd('rq:rl-keys', 'idle')
                """)
            try daemon.start()
            try eventually("all is in order") {
                try daemon.keys("rq:groups") == [] && daemon.keys("rq:rl-keys") == []
                    && daemon.keys("rq:finished:*") == []
            }
            try #require(try daemon.members("failed:default") == ["kept"])
            let workers = try daemon.redis("SCARD", "rq:workers").integer
            try #require(workers == 1)
            try #require(try daemon.keys("rq:clean_registries:*") == [])
        }
    }
}
