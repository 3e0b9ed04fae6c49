import Glibc
import TestSupport
import Testing

/// rqd as the first process of a pid namespace, as in a container.
///
/// Needs root.
@Suite struct ContainerTests {
    @Test func `a container that was killed and started again has its names and jobs back soon`()
        throws
    {
        var settings = Daemon.Settings()
        settings.wrapper = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        let daemon = try Daemon(settings, on: RedisServer())
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("hold", "'a'")
            _ = try daemon.text(from: "a.pid")
            let family = daemon.family
            daemon.send(SIGKILL)
            try daemon.wait()
            for process in family { try process.waitForEnd() }
            try daemon.release("a")
            try daemon.start(isAwaited: false)
            try daemon.waitFor("finished", of: job, within: .seconds(20))
            let reason = try daemon.field("rqd_handed_back", of: "job:\(job)")
            try #require(reason == "the service died while it ran")
        }
    }

    @Test func `two containers with the same names: both work, and the second says so once`() throws
    {
        let server = try RedisServer()
        var settings = Daemon.Settings()
        settings.wrapper = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        let first = try Daemon(settings, on: server)
        let second = try Daemon(settings, on: server)
        try first.explain {
            try first.start()
            try second.explain {
                try second.start()
                let lines = second.log.split(separator: "\n").filter {
                    $0.contains("worker name is taken, another is used")
                }
                try #require(lines.count == 1)
                let jobs = [
                    try first.enqueue("hold", "'a'"), try first.enqueue("hold", "'b'"),
                ]
                try eventually("both run") {
                    try jobs.allSatisfy { try first.status(of: $0) == "started" }
                }
            }
        }
    }
}
