import Glibc
import TestSupport
import Testing

/// Workers that make no steps any more.
@Suite struct HungWorkerTests {
    @Test func `a worker that is stopped in a job is replaced, and its job is run again`() throws {
        try Daemon.run(pool: "heartbeat_interval = \"1s\"") { daemon in
            let job = try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            let worker = try daemon.process("rqd: worker default/0")
            worker.send(SIGSTOP)
            try worker.waitForEnd(within: .seconds(30))
            try horse.waitForEnd()
            try daemon.waitForLog("worker hangs and is killed")
            let next = try daemon.process(from: "a.pid", otherThan: horse)
            try #require(next.isAlive)
            try daemon.release("a")
            try daemon.waitFor("finished", of: job)
            try #require(try daemon.field("rqd_worker_deaths", of: "job:\(job)") == "1")
        }
    }
}
