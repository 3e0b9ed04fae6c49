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
                "stopped a",
                "succeeded b 1 \(release == .rq1_16 || release == .rq2_6 ? "started" : "finished")",
                "failed c no \(release == .rq1_16 ? "started" : "failed")",
                "handled c ValueError",
            ])
        #expect(try redis.call(Command("HGET", "rq:job:a", "status")).text == "stopped")
    }

    @Test(arguments: [PythonEnvironment.Release.rq1_15, .rq1_16], [false, true])
    func `under rq 1 a handler finds the failure recorded, and what it does is not undone`(
        release: PythonEnvironment.Release, isWrapped: Bool
    ) throws {
        let server = try RedisServer()
        try PythonConsole.of(release).run(
            """
            queue = Queue(connection=redis)
            for name in ('a', 'ends', 'b'):
                queue.enqueue('endings.bad', job_id=name)
            queue.enqueue('endings.good', job_id='c')
            """, redis: server.url)
        try Application.burst(
            release, on: server, flags: ["--exception-handler", "endings.requeue_handler"],
            environment: isWrapped ? ["WRAPPED": "1"] : [:])
        let redis = try server.connect()
        let words = try redis.call(Command("LRANGE", "told", "0", "-1")).array ?? []
        let told = words.compactMap(\.text)
        let order = ["a", "ends", "b", "a", "b"]
        #expect(
            told.filter { $0.hasPrefix("handled") }
                == order.map { "handled \($0) failed FAILED" })
        #expect(told.count { $0.hasPrefix("wrapped") } == (isWrapped ? 6 : 0))
        for (id, status, runs) in [("a", "failed", 2), ("ends", "failed", 1), ("b", "failed", 2)] {
            #expect(try redis.call(Command("HGET", .text("rq:job:\(id)"), "status")).text == status)
            #expect(try redis.call(Command("XLEN", .text("rq:results:\(id)"))).integer == runs)
        }
        #expect(try redis.call(Command("HGET", "rq:job:c", "status")).text == "finished")
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
