import Glibc
import RedisKit
import TestSupport
import Testing

/// Stopping a slot with a worker class of RQ's own.
@Suite struct HostedStopTests {
    @Test(arguments: ["hosts.Telling", "hosts.Forking"])
    func `a warm stop waits for the job`(workerClass: String) throws {
        try Daemon.hosting(workerClass) { daemon in
            try daemon.startWaiting("a")
            daemon.send(SIGTERM)
            try daemon.waitForLog("warm shut down requested")
            try daemon.letGo("a")
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.status(of: "a") == "finished")
            try #require(try daemon.traces() == [])
        }
    }

    @Test(arguments: [PythonEnvironment.Release.rq1_16, .rq3_0])
    func `a class that is asked to stop in the middle of its own output hears it`(
        release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting("hosts.Loud", release) { daemon in
            try Script(release, on: daemon).enqueue(Call("a", "hosts.runner"))
            try daemon.waitForLog("warm shut down requested")
            try eventually("the job is done") { try daemon.status(of: "a") == "finished" }
        }
    }

    @Test(arguments: [
        ("hosts.Telling", PythonEnvironment.Release.rq1_16), ("hosts.Telling", .rq3_0),
        ("hosts.Forking", .rq2_6), ("hosts.Forking", .rq3_0), ("rq.worker.SpawnWorker", .rq3_0),
    ])
    func `a cold stop puts the job back, at the front of its queue`(
        workerClass: String, release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting(workerClass, release) { daemon in
            try daemon.startWaiting("a")
            try Script(release, on: daemon).enqueue(Call("b", "hosts.runner"))
            let family = daemon.family
            try daemon.stopCleanly(SIGQUIT)
            for process in family { try process.waitForEnd() }
            try #require(try daemon.ids() == ["a", "b"])
            try #require(try daemon.status(of: "a") == "queued")
            let reason = try daemon.field("rqd_handed_back", of: "job:a")
            try #require(reason == "the service was stopped while it ran")
            try #require(try daemon.keys("rq:queue:*:intermediate") == [])
        }
    }

    @Test func `a job that is deaf to RQ's signals is killed after kill_grace`() throws {
        try Daemon.hosting("hosts.Telling", pool: "stop_timeout = \"0s\"\nkill_grace = \"1s\"") {
            daemon in
            try Script(.rq3_0, on: daemon).enqueue(Call("a", "hosts_deaf.wait", "a"))
            try daemon.awaitRun()
            daemon.send(SIGTERM)
            try daemon.waitForLog("worker class did not break off in time and is killed")
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.ids() == ["a"])
        }
    }
}
