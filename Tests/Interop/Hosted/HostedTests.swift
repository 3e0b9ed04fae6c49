import Glibc
import RedisKit
import TestSupport
import Testing

/// Worker classes of RQ's own, run by the application's interpreter and looked after by rqd.
@Suite struct HostedTests {
    @Test(arguments: PythonEnvironment.Release.allCases)
    func `a class of the application runs the jobs, and each line it logs names its job`(
        release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting("hosts.Telling", release) { daemon in
            let script = Script(release, on: daemon)
            try script.enqueue(
                Call("sum", "work.add", 1, 2), Call("talk", "work.say", "a word"),
                Call("bad", "work.fail", "boom"), Call("last", "hosts.runner"))
            try daemon.waitFor("finished", of: "last")
            try #require(try daemon.redis("LRANGE", "test:performed", "0", "-1").array?.count == 4)
            let facts = try script.report(["sum", "talk", "bad", "last"])
            try #require(facts["sum"]?.value == "3")
            try #require(facts["bad"]?.status == "failed")
            let interpreter = try daemon.interpreter().pid
            let worker = try daemon.process("rqd: worker default/0").pid
            try #require(facts["last"]?.value == "(\(interpreter), \(worker))")
            try daemon.waitForLog("default/0: talk out| a word")
            let raised = try daemon.waitForLog("exception raised while executing (work.fail)")
            try #require(raised.contains(" error rqd.worker default/0: "))
            try #require(raised.contains("RQ_JOB_ID=bad"))
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `the classes and the serializer that a class names itself are used`(
        release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting("hosts.Particular", release) { daemon in
            try PythonConsole.of(release).run(
                """
                from rq.serializers import JSONSerializer
                rq.Queue(connection=redis, serializer=JSONSerializer).enqueue(
                    'work.add', 1, 2, job_id='sum')
                """, redis: daemon.server.url)
            try daemon.waitFor("finished", of: "sum")
            let own = try daemon.redis("LRANGE", "test:own", "0", "-1")
            try #require(own.array?.compactMap(\.text) == ["OwnJob"])
        }
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `a class that makes queues of names gets names`(
        release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting(
            "hosts.Naming", release, queues: ["site:default"],
            pool: "worker_class_queues = [\"default\"]"
        ) { daemon in
            try Script(release, on: daemon).enqueue(
                Call("sum", "work.add", 1, 2, queue: "site:default"))
            try daemon.waitFor("finished", of: "sum")
        }
    }

    @Test(arguments: [PythonEnvironment.Release.rq1_16, .rq2_6, .rq2_12, .rq3_0])
    func `what a forking class overrides is called, and its horses end`(
        release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting("hosts.Forking", release) { daemon in
            try Script(release, on: daemon).enqueue(
                Call("bad", "work.fail", "boom"), Call("good", "hosts.runner"))
            try daemon.waitFor("finished", of: "good")
            let handled = try daemon.redis("LRANGE", "test:handled", "0", "-1")
            try #require(handled.array?.compactMap(\.text) == ["bad"])
            try daemon.waitFor("failed", of: "bad")
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test func `the status shows the job that runs, and counts those that ran`() throws {
        try Daemon.hosting("hosts.Telling") { daemon in
            try Script(.rq3_0, on: daemon).enqueue(
                Call("good", "hosts.runner"), Call("bad", "work.fail", "boom"))
            try daemon.startWaiting("busy")
            func status() throws -> String {
                try TestSupport.run(
                    [BuiltProgram.rqd(), "status", "-c", daemon.directory.file("rqd.conf")]
                ).output
            }
            let busy = try status()
            try #require(busy.contains("busy"))
            try #require(busy.contains("work.wait busy on default"))
            try #require(busy.contains("1/1 workers, 1 busy; 1 job ok, 1 failed"))
            daemon.send(SIGUSR1)
            let slot = try daemon.waitForLog("default/0: slot ")
            try #require(slot.contains("RQ_JOB_ID=busy") && slot.contains("state=busy"))
            try daemon.letGo("busy")
            try daemon.waitFor("finished", of: "busy")
            try eventually("an idle slot") { try status().contains("idle") }
        }
    }

    @Test func `after max_jobs another interpreter goes on`() throws {
        try Daemon.hosting("hosts.Telling", pool: "max_jobs = 1") { daemon in
            let ids = ["a", "b", "c"]
            try Script(.rq3_0, on: daemon).enqueue(ids.map { Call($0, "hosts.runner") })
            try daemon.waitFor("finished", of: "c")
            let runners = try Script(.rq3_0, on: daemon).report(ids).values.map(\.value)
            try #require(Set(runners).count == 3)
            try daemon.waitForLog("default/0: job limit reached jobs=1")
        }
    }

    @Test func `SpawnWorker's program with the password of Redis is not among its arguments`()
        throws
    {
        try Daemon.hosting("rq.worker.SpawnWorker") { daemon in
            try daemon.startWaiting("a")
            let interpreter = try daemon.interpreter()
            let children = descendants(of: interpreter.pid)
            try #require(children.count == 1)
            try #require(children[0].title.contains("rqd-horse"))
            try #require(!children[0].title.contains("redis"))
            try daemon.letGo("a")
            try daemon.waitFor("finished", of: "a")
        }
    }

    @Test func `the foreground worker bursts with a class and says what the class says`() throws {
        let server = try RedisServer()
        try Script(release: .rq3_0, url: server.url).enqueue(
            Call("a", "hosts.runner"), Call("b", "work.fail", "boom", queue: "high"))
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": try PythonEnvironment(.rq3_0).path]) { $1 }
        let worker = try ChildProcess(
            [
                try BuiltProgram.rqd(), "worker", "--url", server.url, "--path",
                Application.directory, "-w", "hosts.Telling", "--burst", "--name", "mine",
                "--with-scheduler", "high", "default",
            ], environment: environment, directory: "/", mergesErrors: true)
        try #require(try worker.wait() == .exited(code: 0), "\(worker.output)")
        #expect(worker.output.contains("*** Listening on"))
        #expect(worker.output.contains("Job OK"))
        #expect(worker.output.contains("ValueError: boom"))
        let facts = try Script(release: .rq3_0, url: server.url).report(["a", "b"])
        #expect(facts["a"]?.status == "finished" && facts["b"]?.status == "failed")
        #expect(facts["a"]?.worker == "mine")
    }

    @Test func `a class that cannot be found ends the foreground worker with one line`() throws {
        let server = try RedisServer()
        let environment = inheritedEnvironment()
            .merging(["VIRTUAL_ENV": try PythonEnvironment(.rq3_0).path]) { $1 }
        let worker = try ChildProcess(
            [
                try BuiltProgram.rqd(), "worker", "--url", server.url, "-w", "nowhere.Worker",
            ], environment: environment, directory: "/", mergesErrors: true)
        try #require(try worker.wait() == .exited(code: 78), "\(worker.output)")
        let line = "cannot load the worker class in "
        #expect(worker.output.contains(line), "\(worker.output)")
    }

    @Test func `a class that ends jobs sooner than stop_timeout is told of at the start`() throws {
        let pool = "stop_timeout = \"60s\""
        try Daemon.hosting("rq.worker.HerokuWorker", pool: pool) { daemon in
            let line = try daemon.waitForLog("HerokuWorker raises in a running job 6 s after")
            try #require(line.contains("before stop_timeout = "), "\(line)")
            try daemon.stopCleanly(SIGTERM)
        }
    }

    @Test func `a class that is none is told, and ends the first start`() throws {
        let daemon = try Application.daemon(pool: "worker_class = \"hosts.NoWorker\"")
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let line = try daemon.waitForLog("default/0: worker class ended by itself")
            try #require(line.contains("worker_class hosts.NoWorker is not an RQ worker class"))
            try #require(try daemon.wait() == .exited(code: 78))
        }
    }
}
