import RedisKit
import TestSupport
import Testing

/// What hears of a job's end, with every release of rq.
@Suite struct EndingTests {
    @Test(arguments: PythonEnvironment.Release.allCases)
    func `callbacks and exception handlers hear of each end`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        try PythonConsole.of(release).run(
            """
            from rq.job import Callback
            queue = Queue(connection=redis)
            queue.enqueue('endings.stop_itself', job_id='a', on_stopped=Callback('endings.stopped'))
            queue.enqueue('endings.good', job_id='b', on_success=Callback('endings.succeeded'))
            queue.enqueue('endings.bad', job_id='c', on_failure=Callback('endings.failed'))
            """, redis: server.url)
        try Application.burst(
            release, on: server, flags: ["--exception-handler", "endings.handler"])
        let redis = try server.connect()
        let told = try redis.call(Command("LRANGE", "told", "0", "-1")).array ?? []
        #expect(
            told.compactMap(\.text) == [
                "stopped a", "succeeded b 1 finished", "failed c no failed",
                "handled c ValueError",
            ])
        #expect(try redis.call(Command("HGET", "rq:job:a", "status")).text == "stopped")
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `the handler for horses that died hears how, before the failure is recorded`(
        release: PythonEnvironment.Release
    ) throws {
        let handler = "work_horse_killed_handler = \"endings.horse_killed\""
        try Application.run(release, pool: "[pool.default.python]\n\(handler)") { daemon in
            try Script(release, on: daemon).enqueue(
                Call("a", "endings.die_by", 9), Call("b", "endings.leave_with", 7),
                Call("c", "endings.bad"),
                Call("d", "endings.stop_itself"), Call("e", "endings.die_by", 11))
            try daemon.waitFor("failed", of: "e")
            let told = try daemon.redis("LRANGE", "told", "0", "-1").array ?? []
            try #require(
                told.compactMap(\.text) == [
                    "killed a signal 9 True True started", "killed b exit 7 True True started",
                    "killed e signal 11 True True started",
                ])
            try #require(try daemon.status(of: "b") == "failed")
            try #require(try daemon.status(of: "d") == "stopped")
        }
    }

    @Test func `a handler for horses that died that raises changes nothing`() throws {
        let handler = "work_horse_killed_handler = \"endings.horse_killed_badly\""
        try Application.run(pool: "[pool.default.python]\n\(handler)") { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("a", "endings.die_by", 9), Call("b", "endings.good"))
            try daemon.waitFor("finished", of: "b")
            try daemon.waitForLog("killed: ValueError: no handler of a")
            let error = try script.report("a").error ?? ""
            try #require(error.hasPrefix("Work-horse terminated unexpectedly"), "\(error)")
        }
    }
}
