import RedisKit
import TestSupport
import Testing

/// Jobs under one rate limit, run by workers of rq and of rqd side by side.
@Suite struct RateLimitTests {
    private static let slots = 2
    private static let jobs = 60

    /// Every fifth job raises, every seventh is killed, every eleventh tries again.
    private static let enqueueing = """
        from rq.rate_limit import RateLimit
        queue = Queue(connection=redis)
        limit = RateLimit('together', \(slots))
        for number in range(\(jobs)):
            then = 'raise' if number % 5 == 0 else 'die' if number % 7 == 0 else 'return'
            queue.enqueue('limited.enter', then, job_id='job%d' % number, rate_limit=limit,
                          retry=Retry(max=1) if number % 11 == 0 else None)
        """

    @Test func `no more jobs run at once than their rate limit says, whoever runs them`() throws {
        let server = try RedisServer()
        let python = try PythonEnvironment(.rq3_0)
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": python.path]) { $1 }
        let programs = [
            [try BuiltProgram.rqd(), "worker", "--name", "rqd"],
            [python.program("rq"), "worker", "--name", "rq"],
        ]
        let workers = try programs.map { program in
            try ChildProcess(
                program + ["--url", server.url, "--path", Application.directory],
                environment: environment)
        }
        let redis = try server.connect()
        func number(_ words: String...) throws -> Int {
            var command = Command(words[0])
            for word in words.dropFirst() { command.append(.text(word)) }
            return try redis.call(command).integer ?? 0
        }
        try eventually("both workers are idle", within: .seconds(30)) {
            try ["rqd", "rq"].allSatisfy {
                try redis.call(Command("HGET", .text("rq:worker:\($0)"), "state")).text == "idle"
            }
        }
        try PythonConsole.of(.rq3_0).run(Self.enqueueing, redis: server.url)
        try eventually("all jobs have ended", within: .seconds(60)) {
            try number("ZCARD", "rq:finished:default") + number("ZCARD", "rq:failed:default")
                == Self.jobs
        }
        try eventually("no slot is held") { try number("ZCARD", "rq:rl:together:allowed") == 0 }
        #expect(try number("ZCARD", "rq:rl:together:rate_limited") == 0)
        #expect(try redis.call(Command("GET", "most")).text == "\(Self.slots)")
        // Both have had their part, else nothing was tried.
        #expect(try number("SCARD", "entered:by") == workers.count)
        for worker in workers { worker.kill() }
    }
}
