import Testing

@testable import WorkerPool

@Suite struct PythonFramesTests {
    private func lines(_ dump: String) -> [String] { PythonFrames.lines(Array(dump.utf8)) }

    @Test func `the most recent call comes last, in the words of a traceback`() {
        let dump = """
            Stack (most recent call first):
              File "/app/tasks.py", line 12 in send
              File "/app/tasks.py", line 30 in main

            """
        #expect(
            lines(dump) == [
                "  File \"/app/tasks.py\", line 30, in main",
                "  File \"/app/tasks.py\", line 12, in send",
            ])
    }

    @Test func `rqd's own calls around the job are left out, the job's own <string> is not`() {
        let dump = """
            Stack (most recent call first):
              File "<string>", line 1 in made_by_exec
              File "/app/tasks.py", line 12 in send
              File "rqd-stable", line 300 in perform
              File "rqd-stable", line 700 in <module>
              File "<string>", line 3 in <module>

            """
        #expect(
            lines(dump) == [
                "  File \"/app/tasks.py\", line 12, in send",
                "  File \"<string>\", line 1, in made_by_exec",
            ])
    }

    @Test func `a job that is in rqd's own code is told by the last call of that`() {
        let dump = """
            Stack (most recent call first):
              File "rqd-stable", line 300 in run
              File "rqd-stable", line 700 in <module>
              File "<string>", line 3 in <module>

            """
        #expect(lines(dump) == ["  File \"rqd-stable\", line 300, in run"])
    }

    @Test func `what was cut off stands where the older calls would`() {
        let dump = "Stack (most recent call first):\n  File \"a.py\", line 1 in f\n  ...\n"
        #expect(lines(dump) == ["  ...", "  File \"a.py\", line 1, in f"])
    }

    @Test(arguments: [
        (
            "  File \"odd\", line 5 in x.py\", line 7 in f",
            "  File \"odd\", line 5 in x.py\", line 7, in f"
        ),
        ("  File \"a.py\", line 7", "  File \"a.py\", line 7"),
        ("  File \"a.py\", line ??? in f", "  File \"a.py\", line ??? in f"),
        ("  <no Python frame>", "  <no Python frame>"),
    ])
    func `a line of another shape stays as it is`(told: String, line: String) {
        #expect(lines("Stack (most recent call first):\n\(told)\n") == [line])
    }

    @Test func `a thread without Python code has no lines`() {
        #expect(lines("").isEmpty)
    }

    @Test func `a stack that is too long keeps its beginning`() {
        let line = String(repeating: "x", count: 1023)
        let stack = JobStack(Array(repeating: line, count: 40), isKnown: true)
        #expect(stack.lines.count == 33)
        #expect(stack.lines.last == "  …")
    }
}
