import Glibc
import RedisKit
import TestSupport
import Testing

/// What dies below a slot with a worker class of RQ's own: nothing runs on, no job is lost.
@Suite struct HostedDeathTests {
    /// A worker class, with a release of rq that has it.
    struct Host: CustomTestStringConvertible, Sendable {
        let workerClass: String
        let release: PythonEnvironment.Release
        var testDescription: String { "\(workerClass), \(release)" }

        init(_ workerClass: String, _ release: PythonEnvironment.Release) {
            (self.workerClass, self.release) = (workerClass, release)
        }
    }

    private static let hosts = [
        Host("hosts.Telling", .rq1_16), Host("hosts.Telling", .rq2_6),
        Host("hosts.Telling", .rq2_12), Host("hosts.Telling", .rq3_0),
        Host("hosts.Forking", .rq1_16), Host("hosts.Forking", .rq2_6),
        Host("hosts.Forking", .rq3_0), Host("rq.worker.SpawnWorker", .rq3_0),
    ]
    private static let few = [
        Host("hosts.Telling", .rq1_16), Host("hosts.Forking", .rq2_12),
        Host("rq.worker.SpawnWorker", .rq3_0),
    ]

    @Test(arguments: hosts)
    func `a killed interpreter's job runs again, and none of its processes is left`(
        host: Host
    ) throws {
        try Daemon.hosting(host.workerClass, host.release) { daemon in
            try daemon.startWaiting("a")
            let family = try daemon.dyingFamily()
            try daemon.interpreter().send(SIGKILL)
            try daemon.isRunAgain("a", after: family, reason: "its worker died while it ran")
            try #require(try daemon.field("rqd_worker_deaths", of: "job:a") == "1")
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test(arguments: few)
    func `a killed slot takes its interpreter along, and the next one runs the job`(
        host: Host
    ) throws {
        try Daemon.hosting(host.workerClass, host.release) { daemon in
            try daemon.startWaiting("a")
            let family = try daemon.dyingFamily()
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try daemon.isRunAgain("a", after: family, reason: "its worker died while it ran")
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test(arguments: few)
    func `after a killed master the next one's first worker runs the job`(host: Host) throws {
        try Daemon.hosting(host.workerClass, host.release) { daemon in
            try daemon.startWaiting("a")
            let family = try daemon.dyingFamily()
            daemon.send(SIGKILL)
            for process in family { try process.waitForEnd() }
            try daemon.start(isAwaited: false)
            try daemon.isRunAgain("a", after: [], reason: "the service died while it ran")
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test(arguments: [["default"], ["default", "other"]])
    func `an id that ends every worker that takes it is failed, and the next job runs`(
        queues: [String]
    ) throws {
        try Daemon.hosting("hosts.Telling", queues: queues, pool: "quarantine_after = 2") {
            daemon in
            // RQ 3 raises when it has taken such an id, and ends with status 0.
            try daemon.redis(
                "HSET", "rq:job:bad!id", "data", "x", "status", "queued", "origin", "default",
                "created_at", "2026-11-23T08:46:55.792975Z")
            try daemon.redis("RPUSH", "rq:queue:default", "bad!id")
            try Script(.rq3_0, on: daemon).enqueue(Call("good", "hosts.runner"))
            try daemon.waitFor("finished", of: "good", within: .seconds(30))
            try #require(try daemon.status(of: "bad!id") == "failed")
            try #require(try daemon.field("rqd_worker_deaths", of: "job:bad!id") == "2")
            try daemon.waitForLog("default/0: job failed RQ_QUEUE=default RQ_JOB_ID=")
            try #require(try daemon.keys("rq:queue:*") == [])
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test func `on_worker_death = "fail" fails the job`() throws {
        try Daemon.hosting("hosts.Forking", pool: "on_worker_death = \"fail\"") { daemon in
            try daemon.startWaiting("a")
            try daemon.interpreter().send(SIGKILL)
            try daemon.waitFor("failed", of: "a")
            try #require(try daemon.exception(of: "a") == "its worker died while it ran")
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test func `a name that somebody else works under is not taken from him`() throws {
        let daemon = try Application.daemon(
            pool: "worker_class = \"hosts.Telling\"\nworker_name = \"theirs\"")
        try daemon.explain {
            try daemon.redis(
                "HSET", "rq:worker:theirs", "birth", "2026-11-23T08:46:55.792975Z", "pid", "7",
                "hostname", "elsewhere")
            try daemon.start(isAwaited: false)
            try daemon.waitForLog(
                "the worker name theirs is taken by process 7 on elsewhere; set worker_name")
            // He is silent for longer than he would take to connect again.
            try daemon.waitForLog(
                "worker name is taken, another is used", within: .seconds(40))
            try daemon.waitForLog("default/0: listening")
            try #require(try daemon.redis("DEL", "rq:worker:theirs").integer == 1)
            try daemon.stopCleanly(SIGTERM)
        }
    }
}

extension Daemon {
    /// The processes below the slot's that must not outlive it: there are some.
    fileprivate func dyingFamily() throws -> [WatchedProcess] {
        let family = descendants(of: try process("rqd: worker default/0").pid)
        guard !family.isEmpty else { throw HarnessError("the worker has no interpreter") }
        return family
    }

    /// The job runs once more, after all that ran it has ended, and finishes.
    fileprivate func isRunAgain(
        _ id: String, after family: [WatchedProcess], reason: String
    ) throws {
        for process in family { try process.waitForEnd() }
        try awaitRun()
        guard try field("rqd_handed_back", of: "job:\(id)") == reason else {
            throw HarnessError("handed back for another reason")
        }
        try letGo(id)
        try waitFor("finished", of: id)
    }
}
