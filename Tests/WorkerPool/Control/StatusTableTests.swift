import Testing

@testable import WorkerPool

struct StatusTableTests {
    @Test func `the table has a line for each slot and a summary`() {
        #expect(
            StatusReportTests.example.table() == """
                SLOT   STATE     PID     OK  FAILED  MEMORY  JOB
                web/0  busy     4213  12000       3  24 MiB  app.send 5f6e on high, 1.2 s
                web/1  failing     -     41       0       -  python3: No module named 'rq'

                rqd 0.1.0, pid 4200, up 1 h 2 min: 1/2 workers, 1 busy, 1 failing; \
                12041 jobs ok, 3 failed; 1 restart

                """)
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
