import Logging
import Testing

@testable import WorkerPool

struct WorkerLogTests {
    private let job = JobFields(
        queue: "high", id: "5f6e", execution: "0123", function: "app.send",
        description: "app.send('x')")

    /// What one call says, in one form, as `message key=value …` with the fields by name.
    private func said(
        _ form: LogForm, level: Logger.Level = .info, _ call: (WorkerLog) -> Void
    ) -> [String] {
        let (log, lines) = Recording.workerLog(form, level: level)
        call(log)
        return lines.all.map { line in
            var text: [UInt8] = Array("\(line.level) \(line.message)".utf8)
            TextLine.appendFields(line.metadata, to: &text) { _ in true }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private let journalFields = """
        RQ_WORKER=host.default.0 RQ_QUEUE=high RQ_JOB_ID=5f6e RQ_EXECUTION=0123 RQ_FUNC=app.send
        """

    @Test func `a job's start reads as rq prints it in the classic form`() {
        #expect(said(.classic) { $0.started(job) } == ["info high: app.send('x') (5f6e)"])
    }

    @Test func `a job without description is named by its id`() {
        let bare = JobFields(
            queue: "high", id: "5f6e", execution: "0123", function: "app.send", description: nil)
        #expect(said(.classic) { $0.started(bare) } == ["info high: 5f6e"])
        #expect(
            said(.classic) {
                $0.succeeded(bare, seconds: .seconds(1), resultTTL: 0, peakMemoryBytes: nil)
            }.first == "info Successfully completed job 5f6e in 0:00:01s on worker host.default.0")
    }

    @Test func `a job's start in text is a constant message with fields`() {
        #expect(
            said(.text) { $0.started(job) } == [
                "info job started RQ_QUEUE=high RQ_JOB_ID=5f6e RQ_FUNC=app.send "
                    + "description=app.send('x')"
            ])
    }

    @Test func `a job's start in the journal is a sentence with all fields`() {
        #expect(
            said(.journal) { $0.started(job) } == [
                "info job started: app.send('x') (5f6e on high) \(journalFields) "
                    + "RQD_EVENT=\"job started\" description=app.send('x')"
            ])
    }

    @Test func `a job's success tells time, memory and the result's fate`() {
        let call: (WorkerLog) -> Void = {
            $0.succeeded(
                job, seconds: .microseconds(1_234_567), resultTTL: 500, peakMemoryBytes: 24 << 20)
        }
        #expect(
            said(.classic, call) == [
                "info Successfully completed app.send('x') job in 0:00:01.234567s "
                    + "on worker host.default.0",
                "info high: Job OK (5f6e)",
                "info Result is kept for 500 seconds",
            ])
        #expect(
            said(.text, call) == [
                "info job finished RQ_QUEUE=high RQ_JOB_ID=5f6e RQ_FUNC=app.send "
                    + "peak_memory_bytes=25165824 result_ttl=500 seconds=1.234"
            ])
        #expect(
            said(.journal, call).first?.hasPrefix(
                "info job finished: app.send 5f6e on high, 1.2 s, 24 MiB at most RQ_WORKER=")
                == true)
    }

    @Test func `a job's failure tells the reason and the traceback`() {
        let traceback = "Traceback (most recent call last):\n  File \"a.py\"\nValueError: boom\n"
        let call: (WorkerLog) -> Void = {
            $0.failed(
                job, reason: "ValueError: boom", traceback: traceback, seconds: .milliseconds(1200))
        }
        #expect(
            said(.classic, call) == [
                "error Job 5f6e: exception raised while executing (app.send)\n"
                    + "Traceback (most recent call last):\n  File \"a.py\"\nValueError: boom"
            ])
        #expect(
            said(.text, call) == [
                "error job failed RQ_QUEUE=high RQ_JOB_ID=5f6e RQ_FUNC=app.send "
                    + "reason=\"ValueError: boom\" seconds=1.200",
                "error 5f6e trace| Traceback (most recent call last):",
                "error 5f6e trace|   File \"a.py\"",
                "error 5f6e trace| ValueError: boom",
            ])
        #expect(
            said(.journal, call).first?.hasPrefix(
                "error job failed: ValueError: boom (app.send 5f6e on high, 1.2 s)\n"
                    + "Traceback (most recent call last):\n  File \"a.py\"\nValueError: boom RQ_")
                == true)
    }

    @Test func `a retry is a warning that says when`() {
        let call: (WorkerLog) -> Void = {
            $0.retrying(
                job, reason: "OSError", traceback: nil, seconds: .seconds(2), after: .seconds(60),
                left: 2)
        }
        #expect(
            said(.text, call) == [
                "warning job will be retried RQ_QUEUE=high RQ_JOB_ID=5f6e RQ_FUNC=app.send "
                    + "after=60.000 reason=OSError retries_left=2 seconds=2.000"
            ])
        #expect(
            said(.classic, call) == [
                "warning Job 5f6e: exception raised while executing (app.send)\nOSError\n"
                    + "Job 5f6e will be retried after 1 min 0 s, 2 retries left"
            ])
    }

    @Test func `a retry without a pause is at once`() {
        let lines = said(.journal) {
            $0.retrying(
                job, reason: "OSError", traceback: nil, seconds: nil, after: .zero, left: 1)
        }
        let sentence = "job will be retried: OSError (app.send 5f6e on high), at once, 1 retry left"
        #expect(lines.first?.hasPrefix("warning \(sentence) RQ_") == true)
    }

    @Test func `deaths, stops, drops and returns each have a sentence with the reason`() {
        #expect(
            said(.classic) { log in
                log.died(job, how: "signal 9 (KILL)")
                log.stopped(job, reason: "stop-job command")
                log.requeued(job, reason: "rqd stops")
                log.dropped(queue: "low", jobID: "gone", reason: "its hash is missing")
            } == [
                "error Work-horse terminated unexpectedly: signal 9 (KILL) (job 5f6e)",
                "warning Job 5f6e stopped: stop-job command",
                "warning high: Job put back to its queue: rqd stops (5f6e)",
                "warning low: Job dropped: its hash is missing (gone)",
            ])
        #expect(
            said(.text) { $0.died(job, how: "signal 9 (KILL)") } == [
                "error job died RQ_QUEUE=high RQ_JOB_ID=5f6e RQ_FUNC=app.send "
                    + "reason=\"signal 9 (KILL)\""
            ])
        #expect(
            said(.journal) {
                $0.dropped(queue: "low", jobID: "gone", reason: "its hash is missing")
            }.first?.hasPrefix("warning job dropped: its hash is missing (gone on low) ") == true)
    }

    @Test func `an id of ten kilobytes does not flood the log`() {
        let lines = said(.text) {
            $0.dropped(
                queue: "low", jobID: String(repeating: "x", count: 10_000), reason: "missing")
        }
        #expect(lines.first.map { $0.utf8.count < 500 } == true)
    }

    @Test func `a description of ten kilobytes is cut`() {
        let long = JobFields(
            queue: "q", id: "i", execution: "e", function: nil,
            description: String(repeating: "é", count: 5_000))
        #expect(long.description.map { $0.utf8.count } == JobFields.longestDescription - 1)
        #expect(long.description?.hasSuffix("é…") == true)
    }

    @Test func `nothing is said when the level is off`() {
        #expect(said(.text, level: .error) { $0.started(job) } == [])
        #expect(
            said(.text, level: .error) { $0.output(job, Array("x".utf8), isError: false) } == [])
        #expect(said(.classic, level: .error) { $0.listening(queues: ["a"]) } == [])
    }

    @Test func `what a worker says about itself is what users of rq know`() {
        #expect(
            said(.classic) { log in
                log.born(pid: 42, version: "0.1.0")
                log.subscribed(channel: "rq:pubsub:host.default.0")
                log.listening(queues: ["high", "default"])
                log.finishedBurst()
            } == [
                "info Worker host.default.0: started with PID 42, rqd version 0.1.0",
                "info Worker host.default.0: subscribing to channel rq:pubsub:host.default.0",
                "info *** Listening on high, default...",
                "info Worker host.default.0: done, quitting",
            ])
    }
}
