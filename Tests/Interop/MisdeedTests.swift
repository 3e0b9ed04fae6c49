import Glibc
import RedisKit
import TestSupport
import Testing

/// Jobs that no application should have: each leaves a clear line, and a worker that goes on.
@Suite(.batch(Misdeed.run)) struct MisdeedTests {
    @Test(arguments: Misdeed.all)
    func `a job's misdeed leaves a clear line and a living worker`(misdeed: Misdeed) throws {
        let batch = try #require(Batch.current)
        let facts = try #require(batch.facts[misdeed.id])
        #expect(facts.status == misdeed.status)
        if misdeed.status == "failed" {
            #expect(facts.type == "FAILED")
            #expect(facts.error?.hasSuffix(misdeed.told) == true, "\(facts.error ?? "")")
        } else if misdeed.status != "missing" {
            #expect(facts.type == "SUCCESSFUL")
            #expect(facts.value == misdeed.told)
        }
        try batch.expect(
            misdeed.id, isLogged: misdeed.level, misdeed.event, reason: misdeed.reason)
    }

    @Test func `a value that cannot be serialized is told with its reason`() throws {
        let batch = try #require(Batch.current)
        #expect(
            batch.log.contains {
                $0.contains("warn  rqd.worker default/0: the return value cannot be serialized: ")
                    && $0.contains(" RQ_JOB_ID=function ")
            })
    }

    @Test func `a job that queues itself while it runs is run once more`() throws {
        let batch = try #require(Batch.current)
        let start = ": job started RQ_QUEUE=default RQ_JOB_ID=again "
        #expect(batch.log.count { $0.contains(start) } == 2)
    }

    @Test func `endless intervals, and those that are no number, stop no outcome`() throws {
        try Application.run { daemon in
            try Script(.rq3_0, on: daemon).enqueue(
                Call("retries", "misdeeds.ask_for_odd_retries"))
            try daemon.waitFor("scheduled", of: "retries")
            try daemon.python(
                """
                from rq import Repeat
                endless = [0, float('inf')]
                Queue(connection=redis).enqueue(
                    'work.good', job_id='repeats', repeat=Repeat(times=2, interval=endless))
                """)
            try daemon.waitFor("scheduled", of: "repeats")
            for id in ["retries", "repeats"] {
                let due = try daemon.redis("ZSCORE", "rq:scheduled:default", id).text ?? ""
                #expect((Double(due) ?? 0) > 1.1e10)
            }
            #expect(try daemon.redis("HGET", "rq:job:repeats", "repeats_left").text == "0")
        }
    }

    @Test func `what a job leaves running is left alone where the pool keeps it`() throws {
        try Application.run(pool: "keep_descendants = true") { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(
                Call("leaves", "misdeeds.leave_a_child_behind"), Call("good", "work.good"))
            try daemon.waitFor("finished", of: "good")
            let value = try #require(try script.report("leaves").value.flatMap { Int32($0) })
            let child = try WatchedProcess(value)
            defer { child.send(SIGKILL) }
            #expect(child.title == "sleep 60")
            daemon.send(SIGTERM)
            #expect(try daemon.wait() == .exited(code: 0))
            #expect(child.isAlive)
        }
    }
}
