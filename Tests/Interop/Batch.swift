import Glibc
import TestSupport
import Testing

/// What one worker made of a batch of bad jobs that each had a good job behind it.
struct Batch: Sendable {
    /// What rq reports of each job, by id.
    let facts: [String: JobFacts]
    /// The daemon's log.
    let log: [Substring]
    /// The good jobs' value: the worker that ran them, and the process they were forked from.
    let runner: String

    /// The batch of the running suite.
    @TaskLocal static var current: Batch?

    /// Has a daemon with one worker run such a batch.
    ///
    /// The good job behind each of `ids` is `good-` and that id. `enqueue` puts all of them into
    /// the queue `default`.
    static func run(_ ids: [String], enqueue: (Script) throws -> Void) throws -> Batch {
        var batch: Batch?
        try Application.run(pool: "timeout_grace = \"1s\"") { daemon in
            let script = Script(.rq3_0, on: daemon)
            let worker = try daemon.process("rqd: worker default/0").pid
            let stable = try daemon.process("rqd: stable default/0").pid
            try enqueue(script)
            for id in ids {
                try eventually("the end of what is behind \(id)", within: .seconds(30)) {
                    ["finished", "failed"].contains(try daemon.status(of: "good-\(id)"))
                }
            }
            let facts = try script.report(ids + ids.map { "good-\($0)" })
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.traces() == [])
            batch = Batch(
                facts: facts, log: daemon.log.split(separator: "\n"),
                runner: "(\(worker), \(stable))")
        }
        return try #require(batch)
    }

    /// Checks that the log says this of a job, and that the worker then went on as before.
    func expect(
        _ id: String, isLogged level: String, _ event: String, reason: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let start = "\(level) rqd.worker default/0: \(event) RQ_QUEUE=default RQ_JOB_ID=\(id) "
        let lines = log.filter { $0.contains(" RQ_JOB_ID=\(id) ") }
        #expect(
            lines.contains { $0.contains(start) && $0.contains(reason) }, "\(lines)",
            sourceLocation: location)
        let good = try #require(facts["good-\(id)"], sourceLocation: location)
        #expect(good.status == "finished", sourceLocation: location)
        #expect(good.value == runner, sourceLocation: location)
    }
}

/// Gives the tests of a suite one batch, run before the first of them.
struct BatchScope: SuiteTrait, TestScoping {
    let run: @Sendable () throws -> Batch
    let isRecursive = false

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Batch.$current.withValue(try run(), operation: function)
    }
}

extension Trait where Self == BatchScope {
    /// One batch for all tests of the suite.
    static func batch(_ run: @escaping @Sendable () throws -> Batch) -> BatchScope {
        BatchScope(run: run)
    }
}
