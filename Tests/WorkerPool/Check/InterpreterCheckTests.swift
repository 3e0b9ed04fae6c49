import Testing

@testable import WorkerPool

struct InterpreterCheckTests {
    private func finding(ending: Int32?, _ output: String) -> CheckFinding {
        InterpreterCheck.finding(
            "/venv/bin/python in /srv/app", ending: ending, output: Array(output.utf8),
            .seconds(60))
    }

    @Test func `an interpreter that imports all tells its versions`() {
        #expect(
            finding(ending: 0, "hello from the app\nrqd-check: 3.11.7 2.12.0\n")
                == CheckFinding(
                    .fine,
                    "/venv/bin/python in /srv/app: Python 3.11.7, rq 2.12.0, imports work"))
    }

    @Test func `a traceback is told by its last line`() {
        let traceback = """
            Traceback (most recent call last):
              File "<string>", line 3, in <module>
            ModuleNotFoundError: No module named 'app'


            """
        #expect(
            finding(ending: 1 << 8, traceback)
                == CheckFinding(
                    .wrong,
                    "/venv/bin/python in /srv/app: ModuleNotFoundError: No module named 'app'"))
    }

    @Test(arguments: [
        (Int32(3 << 8), "exit status 3"), (11, "killed by signal 11"), (0, "exit status 0"),
    ])
    func `an interpreter that says nothing is told by its end`(ending: Int32, how: String) {
        #expect(
            finding(ending: ending, "\n")
                == CheckFinding(.wrong, "/venv/bin/python in /srv/app: \(how)"))
    }

    @Test func `an import that takes for ever is told as such`() {
        #expect(
            finding(ending: nil, "starting\n")
                == CheckFinding(
                    .wrong, "/venv/bin/python in /srv/app: not done with its imports in 60 s"))
    }

    @Test func `an import that takes for ever is told by its module and its place`() {
        let output = """
            rqd-check-loads: rq
            rqd-check-loads: app.tasks (preload)
            Stack (most recent call first):
              File "/srv/app/tasks.py", line 3 in <module>
              File "<frozen importlib._bootstrap>", line 241 in _call_with_frames_removed
              File "<string>", line 60 in load

            """
        let place = "/srv/app/tasks.py, line 3, in <module>"
        #expect(
            finding(ending: nil, output).message.hasSuffix(
                "not done with its imports in 60 s: app.tasks (preload) is at \(place)"))
    }

    @Test func `why the application cannot be loaded is told as the script says it`() {
        let output = "hello\nrqd-check-failed: cannot load app (preload): E: x (/a.py, line 1)\n"
        #expect(
            finding(ending: 256, output)
                == CheckFinding(.wrong, "cannot load app (preload): E: x (/a.py, line 1)"))
    }

    @Test func `what an import prints cannot steer the terminal`() {
        #expect(finding(ending: 256, "\u{1B}[2Jgone\n").message.hasSuffix(": \\x1b[2Jgone"))
    }
}
