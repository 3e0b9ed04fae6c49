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
            daemon.send(SIGKILL)
            try daemon.wait()
            try daemon.release("a")
            try daemon.start(isAwaited: false)
            try daemon.waitFor("finished", of: job, within: .seconds(20))
            let reason = try daemon.field("rqd_handed_back", of: "job:\(job)")
            try #require(reason == "the service died while it ran")
        }
    }
}
