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
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": try PythonEnvironment(release).path]) { $1 }
        let worker = try run(
            [
                try BuiltProgram.rqd(), "worker", "--burst", "--url", server.url, "--path",
                Application.directory, "--exception-handler", "endings.handler",
            ], environment: environment)
        try #require(worker.ending == .exited(code: 0), "\(worker.errorOutput)")
        let redis = try server.connect()
        let told = try redis.call(Command("LRANGE", "told", "0", "-1")).array ?? []
        #expect(
            told.compactMap(\.text) == [
                "stopped a", "succeeded b 1 finished", "failed c no failed",
                "handled c ValueError",
            ])
        #expect(try redis.call(Command("HGET", "rq:job:a", "status")).text == "stopped")
    }
}
