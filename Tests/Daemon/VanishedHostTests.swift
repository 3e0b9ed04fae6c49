import Glibc
import TestSupport
import Testing

/// What becomes of a host's jobs when all of it is gone at once and nobody restarts it.
@Suite struct VanishedHostTests {
    @Test func `with a heartbeat of 5 s a vanished host's jobs are settled within 20 s`() throws {
        let server = try RedisServer()
        var settings = Daemon.Settings()
        settings.pool = "heartbeat_interval = \"5s\"\nworker_name = \"one.%s\""
        let one = try Daemon(settings, on: server)
        settings.pool = "heartbeat_interval = \"5s\"\nworker_name = \"other.%s\""
        let other = try Daemon(settings, on: server)
        try one.explain {
            try other.explain {
                try one.start()
                let id = try one.enqueue("hold", "'a', job_timeout=600")
                _ = try one.process(from: "a.pid")
                try other.start()
                // Longer than a lease: it is renewed while the host is there.
                let first = try one.field("last_heartbeat", of: "job:\(id)")
                try eventually("three heartbeats", within: .seconds(40)) {
                    let ran = try one.field("current_job_working_time", of: "worker:one.0") ?? ""
                    return (Double(ran) ?? 0) > 14
                }
                try #require(try one.field("last_heartbeat", of: "job:\(id)") != first)
                try #require(try one.field("worker_name", of: "job:\(id)") == "one.0")
                one.send(SIGKILL)
                try eventually("the other host runs it", within: .seconds(20)) {
                    try one.field("worker_name", of: "job:\(id)") == "other.0"
                }
                try other.release("a")
            }
        }
    }
}
