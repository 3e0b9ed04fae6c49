import Testing

@testable import WorkerPool

struct StatusReportTests {
    static let example = StatusReport(
        version: "0.1.0", pid: 4200, startedAt: 1_795_465_263, uptimeSeconds: 3725, restarts: 1,
        jobsSucceeded: 12_041, jobsFailed: 3, logLevel: "info",
        redis: "redis://127.0.0.1:6379/0",
        pools: [
            StatusReport.Pool(
                name: "web", queues: ["high", "default"], workers: 2, configuredWorkers: 2,
                paused: false)
        ],
        slots: [
            StatusReport.Slot(
                pool: "web", slot: 0, state: "busy", stateSeconds: 1, retiring: false, pid: 4213,
                worker: "host.web.0",
                generation: 1,
                job: StatusReport.Job(
                    id: "5f6e", execution: "0123", queue: "high", function: "app.send",
                    runningMilliseconds: 1234),
                jobsSucceeded: 12_000, jobsFailed: 3, peakMemoryBytes: 24 << 20, complaint: ""),
            StatusReport.Slot(
                pool: "web", slot: 1, state: "failing", stateSeconds: 61, retiring: false, pid: 0,
                worker: "", generation: 4,
                job: nil, jobsSucceeded: 41, jobsFailed: 0, peakMemoryBytes: 0,
                complaint: "python3: No module named 'rq'"),
        ])

    @Test func `the JSON has these names`() {
        let text = String(decoding: ControlMessage.encode(Self.example), as: UTF8.self)
        #expect(
            text == """
                {"jobs_failed":3,"jobs_succeeded":12041,"log_level":"info","pid":4200,\
                "pools":[{"configured_workers":2,"name":"web","paused":false,\
                "queues":["high","default"],"workers":2}],\
                "redis":"redis://127.0.0.1:6379/0","restarts":1,"slots":[{"complaint":"","generation":1,\
                "job":{"execution":"0123","function":"app.send","id":"5f6e","queue":"high",\
                "running_milliseconds":1234},"jobs_failed":3,"jobs_succeeded":12000,\
                "peak_memory_bytes":25165824,"pid":4213,"pool":"web","retiring":false,"slot":0,"state":"busy",\
                "state_seconds":1,"worker":"host.web.0"},{"complaint":"python3: No module named 'rq'",\
                "generation":4,"jobs_failed":0,"jobs_succeeded":41,"peak_memory_bytes":0,\
                "pid":0,"pool":"web","retiring":false,"slot":1,"state":"failing","state_seconds":61,\
                "worker":""}],\
                "started_at":1795465263,"uptime_seconds":3725,"version":"0.1.0"}\n
                """)
    }

    @Test func `the JSON can be read back`() {
        let bytes = ControlMessage.encode(Self.example)
        #expect(ControlMessage.decode(StatusReport.self, bytes) == Self.example)
    }

    @Test func `the scoreboard's records are told apart by pool and place`() throws {
        var web = PoolConfiguration()
        web.name = "web"
        web.workers = 2
        var mail = PoolConfiguration()
        mail.name = "mail"
        mail.workers = 1
        mail.queues = ["mails"]
        let scoreboard = try Scoreboard(slots: 9)
        // A slot that came later has a place behind the other pool's; one is nobody's any more.
        var slots = [
            MasterSlot(index: 0, pool: 0, number: 0), MasterSlot(index: 1, pool: 1, number: 0),
            MasterSlot(index: 2, pool: 0, number: 1), MasterSlot(index: 3, pool: 0, number: 2),
        ]
        slots[3].vacate()
        scoreboard[2].state = .busy
        scoreboard[2].pid = 77
        scoreboard[2].jobID = "5f6e"
        scoreboard[2].jobStarted = MonotonicTime(nanoseconds: 4_000_000_000)
        scoreboard[2].succeeded = 2
        scoreboard[1].state = .idle
        scoreboard[1].succeeded = 3
        scoreboard[1].failed = 1
        scoreboard[1].complaint = "late"

        let roster = Roster([web, mail], redis: RedisConfiguration(), host: "h")
        let report = StatusReport(
            roster, roster.masterPools, slots, scoreboard,
            StatusReport.MasterFacts(
                pid: 1, startedAt: 5, started: MonotonicTime(nanoseconds: 1_000_000_000),
                restarts: 9, past: MasterPast(restarts: 2, succeeded: 10, failed: 20)),
            now: MonotonicTime(nanoseconds: 5_500_000_000))

        #expect(
            report.slots.map { "\($0.pool)/\($0.slot) \($0.state)" } == [
                "web/0 vacant", "web/1 busy", "mail/0 idle",
            ])
        #expect(report.slots[1].job?.runningMilliseconds == 1500)
        #expect(report.slots[0].job == nil)
        #expect(report.slots[2].complaint == "late")
        #expect(report.jobsSucceeded == 15)
        #expect(report.jobsFailed == 21)
        #expect(report.uptimeSeconds == 4)
        #expect(report.restarts == 9)
        #expect(report.pools.map(\.queues) == [["default"], ["mails"]])
    }
}
