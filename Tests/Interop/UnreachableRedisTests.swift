import Glibc
import TestSupport
import Testing

@Suite struct UnreachableRedisTests {
    @Test func `without Redis a start goes on trying, says so, and is ready once there is one`()
        throws
    {
        let server = try RedisServer()
        server.stop()
        let manager = try NotifySocket()
        let daemon = try Application.daemon(
            workers: 2, on: server, environment: ["NOTIFY_SOCKET": manager.path])
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try manager.waitFor(
                "STATUS=0/2 workers; cannot connect to unix://\(server.socketPath): ")
            try daemon.waitForLog(": Redis is unreachable after=")
            #expect(!manager.hasHeard("READY=1"))
            try server.restart()
            try manager.waitFor("READY=1")
            try manager.waitFor("STATUS=2/2 workers, 0 busy; 0 jobs ok, 0 failed")
            try daemon.waitForLog(": Redis is back")
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("good", "work.good"))
            try daemon.waitFor("finished", of: "good")
            daemon.send(SIGTERM)
            try manager.waitFor("STOPPING=1")
            #expect(try daemon.wait() == .exited(code: 0))
            // One worker tells for both.
            let lines = daemon.log.split(separator: "\n")
            #expect(lines.count { $0.contains("Redis is unreachable") } == 1)
            #expect(lines.count { $0.contains("Redis is back") } == 1)
        }
    }
}
