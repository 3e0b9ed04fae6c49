import RedisKit
import TestSupport
import Testing

/// Classes of the application's own are seen to act, with every release of rq.
@Suite struct OwnClassTests {
    @Test(arguments: PythonEnvironment.Release.allCases)
    func `job, queue, connection, serializer and death penalty are the application's`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        try console(release, server).run(
            """
            queue = own.OwnQueue(
                connection=redis, serializer=own.OwnSerializer, job_class=own.OwnJob)
            queue.enqueue('own.look', job_id='own', job_timeout=99)
            queue.enqueue('own.look', job_id='absent')
            redis.hdel('rq:job:absent', 'timeout')
            queue.enqueue('own.look', job_id='endless', job_timeout=-1)
            queue.enqueue('time.sleep', 30, job_id='late', job_timeout=1)
            """)
        let worker = try burst(
            release, server,
            [
                "--job-class", "own.OwnJob", "--queue-class", "own.OwnQueue",
                "--connection-class", "own.OwnRedis", "--serializer", "own.OwnSerializer",
            ])
        try #require(worker.ending == .exited(code: 0), "\(worker.output)")
        let told = try console(release, server).run(
            """
            for name in ('own', 'absent', 'endless'):
                job = own.OwnJob.fetch(name, connection=redis, serializer=own.OwnSerializer)
                print(job.latest_result().return_value)
            late = own.OwnJob.fetch('late', connection=redis, serializer=own.OwnSerializer)
            print(late.latest_result().exc_string.splitlines()[-1].split(':')[0])
            """)
        #expect(
            told == """
                ['OwnJob', ['OwnRedis', 99]]
                ['OwnJob', ['OwnRedis', 77]]
                ['OwnJob', ['OwnRedis', -1]]
                own.OwnTimeout
                """)
    }

    @Test func `a death penalty that ends no job leaves that to rqd, after the grace`() throws {
        let pool = """
            timeout_grace = "200ms"
            [pool.default.python]
            death_penalty_class = "own.NoPenalty"
            """
        try Application.run(pool: pool) { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("late", "time.sleep", 60, options: ["timeout": 1]))
            try daemon.waitFor("failed", of: "late")
            let error = try script.report("late").error ?? ""
            try #require(error.contains("its process ignored that and was killed"), "\(error)")
        }
    }

    private struct Console {
        let release: PythonEnvironment.Release
        let server: RedisServer

        /// Runs code that finds the module `own`.
        @discardableResult
        func run(_ code: String) throws -> String {
            try PythonConsole.of(release).run(
                "import sys\nsys.path.insert(0, '\(Application.directory)')\nimport own\n"
                    + "sys.path.pop(0)\n\(code)", redis: server.url)
        }
    }

    private func console(
        _ release: PythonEnvironment.Release, _ server: RedisServer
    ) -> Console { Console(release: release, server: server) }

    private func burst(
        _ release: PythonEnvironment.Release, _ server: RedisServer, _ flags: [String]
    ) throws -> Finished {
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging([
                "VIRTUAL_ENV": try PythonEnvironment(release).path,
                // rq worker has no flag for it.
                "RQD_PYTHON_DEATH_PENALTY_CLASS": "own.OwnPenalty",
            ]) { $1 }
        return try run(
            [
                try BuiltProgram.rqd(), "worker", "--burst", "--url", server.url, "--path",
                Application.directory,
            ] + flags, environment: environment)
    }
}
