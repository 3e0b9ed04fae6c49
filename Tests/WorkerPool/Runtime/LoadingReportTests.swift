import Testing

@testable import WorkerPool

@Suite struct LoadingReportTests {
    private func report(_ pieces: String...) -> LoadingReport {
        var report = LoadingReport()
        for piece in pieces { report.read(piece.utf8) }
        return report
    }

    @Test func `what is being imported is known until it is loaded`() {
        let first = report("loading rq\nloading app.tasks (pre", "load)\n")
        #expect(first.subject == "app.tasks (preload)" && !first.isLoaded)
        #expect(report("loading rq\nloaded \n").isLoaded)
    }

    @Test func `a failure is one printable line, with the calls that led to it`() {
        let told = report("failed cannot load x: E: \u{1B}[2J\ncall   File \"/a.py\", line 3\n")
        #expect(told.failure == "cannot load x: E: \\x1b[2J")
        #expect(told.calls == ["  File \"/a.py\", line 3"])
    }

    @Test func `why there are no huge pages is known`() {
        #expect(report("pages Invalid argument\nloaded \n").pageRefusal == "Invalid argument")
        #expect(report("loaded \n").pageRefusal.isEmpty)
    }

    @Test func `an answer to the signal is told by its last call and the application's own`() {
        let dump = """
            Stack (most recent call first):
              File "/usr/lib/python3.11/socket.py", line 833 in create_connection
              File "/srv/venv/lib/python3.11/site-packages/db.py", line 7 in connect
              File "/srv/app/tasks.py", line 3 in <module>
              File "<frozen importlib._bootstrap>", line 241 in _call_with_frames_removed
              File "rqd-stable", line 1042 in load
              File "<string>", line 4 in <module>

            """
        let place =
            "/usr/lib/python3.11/socket.py, line 833, in create_connection, "
            + "called from /srv/app/tasks.py, line 3, in <module>"
        #expect(report(dump).place == place)
        let earlier = "Stack (most recent call first):\n  <no Python frame>\n"
        #expect(report(earlier, dump).place == place)
        #expect(report("loading rq\n").place.isEmpty)
    }
}
