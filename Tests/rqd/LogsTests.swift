import TestSupport
import Testing

struct LogsTests {
    @Test func `logs asks the journal for the job of any instance`() throws {
        let place = try TemporaryDirectory()
        try place.write("journalctl", "#!/bin/sh\necho \"$@\"\n", mode: 0o755)
        let path = "\(place.path):/usr/bin:/bin"
        let finished = try Program.run(["logs", "-f", "-x", "5f 6e"], environment: ["PATH": path])
        #expect(
            finished.output == "--identifier=rqd --follow --catalog RQ_JOB_ID=5f 6e\n")
        #expect(finished.ending == .exited(code: 0))
    }

    @Test func `a job that the journal knows nothing of is told, with status 1`() throws {
        let place = try TemporaryDirectory()
        try place.write("journalctl", "#!/bin/sh\nexit 0\n", mode: 0o755)
        let path = "\(place.path):/usr/bin:/bin"
        let finished = try Program.run(["logs", "5f6e"], environment: ["PATH": path])
        #expect(finished.ending == .exited(code: 1))
        #expect(finished.errorOutput == "rqd: the journal has nothing about a job 5f6e\n")
    }

    @Test func `logs passes on from when, and how many lines`() throws {
        let place = try TemporaryDirectory()
        try place.write("journalctl", "#!/bin/sh\necho \"$@\"\n", mode: 0o755)
        let path = "\(place.path):/usr/bin:/bin"
        let finished = try Program.run(
            ["logs", "--since", "-1h", "-n", "5"], environment: ["PATH": path])
        #expect(finished.output == "--identifier=rqd --since=-1h --lines=5\n")
    }

    @Test func `without a journal logs says so`() throws {
        let place = try TemporaryDirectory()
        let finished = try Program.run(["logs"], environment: ["PATH": place.path])
        #expect(finished.ending == .exited(code: 69))
        #expect(
            finished.errorOutput
                == "rqd: journalctl cannot be run: No such file or directory\n")
    }
}
