import TestSupport
import Testing

/// Pools that scale by themselves.
@Suite struct SelfScalingTests {
    @Test func `a pool grows while jobs wait and shrinks when none do, and no job is broken off`()
        throws
    {
        let pool = """
            max_workers = 4
            scale_up_after = "200ms"
            scale_down_after = "1s"
            scale_under_pressure = true
            """
        try Daemon.run(pool: pool) { daemon in
            let jobs = try (0..<4).map { try daemon.enqueue("hold", "'j\($0)'") }
            for number in 0..<4 { _ = try daemon.process(from: "j\(number).pid") }
            try #require(daemon.log.contains("pool scales by itself"))
            let answer = try daemon.ask("scale", "default", "2")
            #expect(answer.ending == .exited(code: 64))
            #expect(answer.errorOutput.contains("between 1 and 4 workers"))
            for number in 0..<4 { try daemon.release("j\(number)") }
            for job in jobs { try daemon.waitFor("finished", of: job) }
            try eventually("one worker is left", within: .seconds(20)) {
                daemon.processes("rqd: worker").count == 1
            }
            let late = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: late)
            try #require(try daemon.members("failed:default") == [])
        }
    }
}
