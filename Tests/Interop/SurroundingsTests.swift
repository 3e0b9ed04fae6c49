import TestSupport
import Testing

/// What a job's own code finds and may do, with each supported rq as the application's.
@Suite struct SurroundingsTests {
    @Test(arguments: PythonEnvironment.Release.allCases)
    func `a job's code finds itself, its worker and its surroundings`(
        release: PythonEnvironment.Release
    ) throws {
        try Application.run(release) { daemon in
            let name = try daemon.workerName()
            let script = Script(release, on: daemon)
            try script.enqueue(
                Call("look", "surroundings.look"),
                Call("remember", "surroundings.remember", "colour", "grün"),
                Call("parent", "surroundings.enqueue_another", "child"),
                Call("coroutine", "surroundings.wait_for", 7),
                Call("leave", "surroundings.leave_something"),
                Call("after", "surroundings.nothing_left"))
            try daemon.waitFor("finished", of: "after")
            try daemon.waitFor("finished", of: "child")
            let facts = try script.report(
                ["look", "remember", "parent", "child", "coroutine", "leave", "after"])
            for (id, fact) in facts {
                #expect(fact.status == "finished", "\(id): \(fact.error ?? "")")
                #expect(fact.type == "SUCCESSFUL")
                #expect(fact.worker == name)
            }
            let look = """
                ('look', 'default', 'surroundings.look', (), '\(name)', 'started', \
                'look', '\(name)', '\(Application.directory)')
                """
            #expect(facts["look"]?.value == look)
            #expect(facts["remember"]?.meta == "{'colour': 'grün'}")
            #expect(facts["child"]?.value == "42")
            #expect(facts["coroutine"]?.value == "(7, 'coroutine')")
            #expect(facts["after"]?.value == "({}, None)")
        }
    }

    @Test func `with rq 1, a job's code finds its connection without asking the job`() throws {
        let server = try RedisServer()
        let console = try PythonConsole.of(.rq1_16)
        let code = "Queue(connection=redis).enqueue('connected.enqueue', 'next', job_id='j')"
        try console.run(code, redis: server.url)
        try Application.burst(.rq1_16, on: server)
        let told = try console.run(
            """
            for name in ('j', 'next'):
                print(rq.job.Job.fetch(name, connection=redis).return_value())
            """, redis: server.url)
        #expect(told == "True\nnext")
    }

    @Test func `jobs and callbacks run under the death penalty that is configured`() throws {
        let server = try RedisServer()
        let console = try PythonConsole.of(.rq3_0)
        try console.run(
            """
            from rq.job import Callback
            queue = Queue(connection=redis)
            queue.enqueue('penalties.hold', job_id='held', job_timeout=1)
            queue.enqueue('work.add', 1, 2, job_id='short', job_timeout=7,
                          on_success=Callback('penalties.told', timeout=3))
            """, redis: server.url)
        try Application.burst(
            .rq3_0, on: server,
            environment: ["RQD_PYTHON_DEATH_PENALTY_CLASS": "penalties.Penalty"])
        let told = try console.run(
            """
            print(rq.job.Job.fetch('held', connection=redis).latest_result().exc_string)
            print(rq.job.Job.fetch('short', connection=redis).meta)
            """, redis: server.url
        ).split(separator: "\n").suffix(2)
        #expect(
            told == [
                "penalties.Overdue: held had 1 s",
                "{'penalties': [('short', 7), ('short', 3)]}",
            ])
    }
}
