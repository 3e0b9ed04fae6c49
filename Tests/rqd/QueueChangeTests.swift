import RedisKit
import TestSupport
import Testing

struct QueueChangeTests {
    private let bench: QueueCommandBench

    init() throws { bench = try QueueCommandBench() }

    /// The same command, by rq and by rqd on equal data: what they print.
    private func both(
        _ arguments: String..., prepare: () throws -> Void = {}
    ) throws -> (ours: Finished, theirs: Finished) {
        try prepare()
        let theirs = try bench.rq(arguments)
        _ = try bench.ask("FLUSHALL")
        try prepare()
        let ours = try Program.run(arguments, environment: ["RQ_REDIS_URL": bench.server.url])
        return (ours, theirs)
    }

    @Test func `suspend and resume say and do what rq's do`() throws {
        let forever = try both("suspend")
        #expect(forever.ours.output == forever.theirs.output)
        #expect(try bench.ask("TTL", "rq:suspended").integer == -1)
        let span = try both("suspend", "--duration", "100")
        #expect(span.ours.output == span.theirs.output)
        #expect(try bench.ask("TTL", "rq:suspended").integer.map { $0 > 90 } == true)
        let resumed = try bench.rqd("resume")
        #expect(resumed.output == "Resuming workers.\n")
        #expect(try bench.ask("DBSIZE").integer == 0)
        #expect(try bench.rqd("suspend", "--duration", "0").ending == .exited(code: 64))
    }

    @Test func `empty says what rq's says`() throws {
        let fill = {
            try bench.fill("default", count: 3)
            try bench.fill("high", count: 1)
        }
        let named = try both("empty", "default", "none", prepare: fill)
        #expect(named.ours.output == named.theirs.output)
        #expect(named.ours.ending == .exited(code: 0))
        #expect(try bench.ask("LLEN", "rq:queue:high").integer == 1)
        let nothing = try both("empty")
        #expect(nothing.ours.output == nothing.theirs.output)
        try fill()
        #expect(
            try bench.rqd("empty", "--all").output == """
                3 jobs removed from default queue
                1 jobs removed from high queue

                """)
        #expect(try bench.ask("KEYS", "rq:queue:*").array?.isEmpty == true)
    }

    @Test func `requeue puts failed jobs back`() throws {
        let fail = {
            for id in ["a", "b"] {
                _ = try bench.rq(["enqueue", "--quiet", "--job-id", id, "f"])
                _ = try bench.ask("HSET", "rq:job:\(id)", "status", "failed")
                _ = try bench.ask("ZADD", "rq:failed:default", "9999999999", id)
            }
            _ = try bench.ask("DEL", "rq:queue:default")
        }
        try fail()
        let one = try bench.rqd("requeue", "--queue", "default", "b")
        #expect(one.output == "Requeueing 1 jobs from failed queue\n")
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1").array?.first?.text == "b")
        let all = try both("requeue", "--queue", "default", "--all", prepare: fail)
        #expect(
            all.ours.output.split(separator: "\n") == all.theirs.output.split(separator: "\n"))
        #expect(try bench.ask("LLEN", "rq:queue:default").integer == 2)
        let nothing = try bench.rqd("requeue", "-q", "default", "-a")
        #expect(nothing.output == "Nothing to do\n")
        let absent = try bench.rqd("requeue", "-q", "default", "a")
        #expect(absent.output.contains("Unable to requeue 1 jobs from failed job registry\n"))
        #expect(absent.ending == .exited(code: 1))
        #expect(try bench.rqd("requeue", "a").ending == .exited(code: 64))
    }
}
