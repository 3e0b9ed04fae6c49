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
}
