import Testing

@testable import WorkerPool

struct StatusTableTests {
    @Test func `the table has a line for each slot and each pool, and a summary`() {
        var report = StatusReportTests.example
        report.schedulerPid = 4202
        (report.schedulerQueues, report.schedulerLeads) = (2, 1)
        #expect(
            report.table() == """
                SLOT   STATE        SINCE   PID     OK  FAILED  RESTARTS  MEMORY  JOB
                web/0  busy           1 s  4213  12000       3         0  24 MiB  \
                app.send 5f6e on high, 1.2 s
                web/1  failing  1 min 1 s     -     41       0         3       -  \
                python3: No module named 'rq'

                POOL  WORKERS  BUSY  QUEUES
                web       1/2     1  high, default

                Redis: redis://127.0.0.1:6379/0
                Scheduler: pid 4202, leads 1 of 2 queues
                rqd 0.1.0, pid 4200, up 1 h 2 min: 1/2 workers, 1 busy, 1 failing; \
                12041 jobs ok, 3 failed; 1 restart

                """)
    }

    @Test func `the table tells what is unusual`() {
        var report = StatusReportTests.example
        report.pools[0].paused = true
        report.pools[0].configuredWorkers = 4
        report.slots[0].retiring = true
        report.redisAnswers = false
        report.schedulerPid = 0
        report.change = "reload"
        report.reloadError = "reload refused: rqd.conf:2:1: no"
        let table = report.table()
        for part in [
            "busy, retires", "high, default; paused; 4 configured\n",
            "redis://127.0.0.1:6379/0, in trouble\n", "Scheduler: restarting",
            "Under way: reload\n", "reload refused: rqd.conf:2:1: no\n",
        ] { #expect(table.contains(part), "\(part): \(table)") }
    }

    @Test func `the summary is the line that the service manager is told`() {
        var report = StatusReportTests.example
        report.status = "0/2 workers; Connection refused; reload refused: no"
        report.reloadError = "reload refused: no"
        report.schedulerPid = 0
        report.schedulerState = "ended"
        let table = report.table()
        let line = "up 1 h 2 min: 0/2 workers; Connection refused; reload refused: no; 1 restart\n"
        #expect(table.hasSuffix("Scheduler: ended\nrqd 0.1.0, pid 4200, " + line), "\(table)")
    }

    @Test func `what a job is called cannot steer the terminal`() {
        var report = StatusReportTests.example
        report.slots[0].job?.id = "a\u{1B}[2J\nb"
        report.slots[1].complaint = "x\u{7}"
        let table = report.table()
        #expect(table.contains("app.send a\\x1b[2J\\nb on high"))
        #expect(table.contains("x\\x07\n"))
    }

    @Test func `a daemon without trouble has a short summary`() {
        var report = StatusReportTests.example
        report.slots = []
        report.restarts = 0
        #expect(
            report.summary == "rqd 0.1.0, pid 4200, up 1 h 2 min: 0/0 workers, 0 busy; "
                + "12041 jobs ok, 3 failed")
    }
}
