import Glibc
import RQ
import RedisKit
import TestSupport
import Testing

/// Moments of the calendar, and queueing what is due at them.
@Suite struct CronTests {
    /// Local moments as `YYYY-MM-DD HH:MM`; the tests need no certain time zone.
    private func moment(_ text: String) throws -> Timestamp {
        let parts = text.split { "- :".contains($0) }.compactMap { Int32($0) }
        try #require(parts.count == 5)
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (parts[0] - 1900, parts[1] - 1, parts[2])
        (time.tm_hour, time.tm_min, time.tm_isdst) = (parts[3], parts[4], -1)
        return Timestamp(epochSeconds: Int(mktime(&time)))
    }

    @Test(arguments: [
        ("* * * * *", "2026-11-23 10:00", "2026-11-23 10:01"),
        ("*/15 * * * *", "2026-11-23 10:50", "2026-11-23 11:00"),
        ("5/20 * * * *", "2026-11-23 10:06", "2026-11-23 10:25"),
        ("0 3 * * *", "2026-11-23 03:00", "2026-11-24 03:00"),
        ("30 9-17/4 * * mon-fri", "2026-11-20 17:30", "2026-11-23 09:30"),
        ("0 0 1 jan *", "2026-11-23 10:00", "2027-01-01 00:00"),
        ("0 0 29 2 *", "2026-11-23 10:00", "2028-02-29 00:00"),
        ("0 12 * * 7", "2026-11-23 10:00", "2026-11-29 12:00"),
        ("0 12 13 * fri", "2026-11-08 00:00", "2026-11-13 12:00"),
        ("0 12 24 * fri", "2026-11-23 10:00", "2026-11-24 12:00"),
        ("1,2 4 * * *", "2026-11-23 04:01", "2026-11-23 04:02"),
        ("@hourly", "2026-12-31 23:30", "2027-01-01 00:00"),
    ])
    func `the next moment is what crontab says`(
        text: String, after: String, expected: String
    ) throws {
        let times = try #require(CronTimes(text))
        #expect(try times.next(after: try moment(after)) == moment(expected))
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1,,2 * * * *", "@never", "10m",
    ])
    func `what crontab does not allow is refused`(text: String) {
        #expect(CronTimes(text) == nil)
    }

    @Test func `a day that never comes has no next moment`() throws {
        let times = try #require(CronTimes("0 0 30 2 *"))
        #expect(times.next(after: Timestamp(epochSeconds: 1_800_000_000)) == nil)
    }

    @Test func `an interval begins at once and then counts from the last time`() {
        let entry = CronEntry(
            name: "e", call: Call("f"), queue: "q", schedule: .every(.seconds(90)))
        let now = Timestamp(epochSeconds: 1_800_000_000)
        #expect(entry.due(last: nil, at: now) == now)
        let later = Timestamp(epochSeconds: 1_800_000_090)
        #expect(entry.due(last: now, at: now) == later)
    }

    @Test func `a moment missed by two minutes is made up for, an older one is not`() throws {
        let times = try #require(CronTimes("0 3 * * *"))
        let entry = CronEntry(name: "e", call: Call("f"), queue: "q", schedule: .times(times))
        let yesterday = try moment("2026-11-22 03:00")
        let today = try moment("2026-11-23 03:00")
        #expect(entry.due(last: yesterday, at: try moment("2026-11-23 03:01")) == today)
        let tomorrow = try moment("2026-11-24 03:00")
        #expect(entry.due(last: yesterday, at: try moment("2026-11-23 03:03")) == tomorrow)
        #expect(entry.due(last: nil, at: try moment("2026-11-23 03:01")) == tomorrow)
    }

    @Test func `an entry is queued once for a moment, by whoever leads`() throws {
        let bench = try ScriptBench()
        let entry = CronEntry(
            name: "e", call: Call("app.f", [1, "x"], keywords: ["k": true]), queue: "default",
            schedule: .every(.seconds(90)))
        func queue(_ name: String = "s1") throws -> CronReply {
            let request = try bench.scheduler(name).queue(entry, for: bench.clock, at: bench.clock)
            return try bench.read(request) { (reply) throws(WireError) in
                try CronReply.read(reply)
            }
        }
        #expect(try queue() == .notLeading)
        let lead = bench.scheduler().take(
            .cron, for: .seconds(61), replacing: nil, at: bench.clock)
        #expect(try bench.read(lead) { $0.integer } == 1)
        guard case .queued(let id) = try queue() else {
            Issue.record("not queued")
            return
        }
        #expect(try queue() == .done(last: bench.clock))
        #expect(try queue("s2") == .notLeading)
        #expect(try bench.ask("LRANGE", "rq:queue:default", "0", "-1") == "\(id)")
        #expect(try bench.ask("ZRANGE", "rq:cron_job:e:jobs", "0", "-1") == "\(id)")
        #expect(try bench.ask("ZSCORE", "rq:cron_jobs", "e") == "1800000000")
        let hash = try bench.ask("HMGET", "rq:job:\(id)", "status", "description", "result_ttl")
        #expect(hash == "queued app.f(1, 'x', k=True) 500")
    }
}
