import Glibc
import TestSupport
import Testing

/// Ids that rq 1.16 accepts and that later releases refuse.
@Suite struct OddIdentifierTests {
    private static let ids = [
        "a.b", "with two spaces", "with:colon", "double::colon:", "a/b/../c", "ünïcödé-🐇", "*?[a]",
        "quote\"d", "line\nbreak", String(repeating: "x", count: 10_000),
    ]

    @Test func `jobs with odd ids run, and so does what comes after them`() throws {
        try Application.run { daemon in
            let script = Script(.rq1_16, on: daemon)
            let calls = Self.ids.enumerated().flatMap { number, id in
                [Call(id, "work.add", 1, 2), Call("good-\(number)", "work.good")]
            }
            try script.enqueue(calls + [Call("last", "work.good")])
            try daemon.waitFor("finished", of: "last", within: .seconds(30))
            let facts = try script.report(calls.map(\.id) + ["last"])
            for id in Self.ids {
                #expect(facts[id]?.status == "finished", "\(id.prefix(40))")
                #expect(facts[id]?.value == "3", "\(id.prefix(40))")
            }
            let good = calls.filter { $0.function == "work.good" }
            #expect(Set(good.map { facts[$0.id]?.value }) == [facts["last"]?.value])
            // To rq 3, which refuses such ids, the worker is one as any other.
            let workers = try Script(.rq3_0, on: daemon).observe(queue: "default").workers
            #expect(workers.map(\.succeeded) == [calls.count + 1])
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            #expect(try daemon.traces() == [])
            #expect(!daemon.log.contains("error"))
        }
    }

    @Test func `the log names an id without breaking a line, and cuts a very long one`() throws {
        try Application.run { daemon in
            let long = String(repeating: "y", count: 10_000)
            try daemon.redis("RPUSH", "rq:queue:default", "two\nlines", long)
            try Script(.rq3_0, on: daemon).enqueue(Call("good", "work.good"))
            try daemon.waitFor("finished", of: "good")
            let dropped = daemon.log.split(separator: "\n").filter { $0.contains("job dropped") }
            try #require(dropped.count == 2)
            #expect(dropped[0].contains(" reason=\"its hash is missing: expired or deleted\""))
            #expect(dropped[1].contains(String(repeating: "y", count: 200) + "…"))
            #expect(dropped[1].utf8.count < 500)
        }
    }

    @Test func `a hundred thousand ids of jobs that are gone do not keep a worker from the next`()
        throws
    {
        try Application.run { daemon in
            try daemon.python(
                """
                for start in range(0, 100000, 5000):
                    ids = ['gone-%d' % number for number in range(start, start + 5000)]
                    redis.rpush('rq:queue:default', *ids)
                """)
            try Script(.rq3_0, on: daemon).enqueue(Call("good", "work.good"))
            try daemon.waitFor("finished", of: "good", within: .seconds(60))
            #expect(try daemon.ids() == [])
            let lines = daemon.log.split(separator: "\n")
            let named = lines.count { $0.contains("default/0: job dropped ") }
            let counted = lines.filter { $0.contains("default/0: more jobs dropped count=") }
                .compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }
            #expect(named + counted.reduce(0, +) == 100_000)
        }
    }
}
