import TestSupport
import Testing

/// What somebody sees who types something wrong.
struct UsageTests {
    @Test(arguments: [
        (["stauts"], "rqd: there is no command \"stauts\"; did you mean \"status\"?\n"),
        (["enqueue", "--timeout", "x", "a.b"], "Usage: rqd enqueue "),
        (["enqueue", "nodot"], "FUNCTION must be a dotted name"),
        (["enqueue", "a..b"], "FUNCTION must be a dotted name"),
        (["enqueue", "a,b.c"], "FUNCTION must be a dotted name"),
        (["enqueue", "-q", "a,b", "a.b"], "no pool could serve it"),
        (["enqueue", "-q", "", "a.b"], "no pool could serve it"),
        (["worker-pool", "-n", "0"], "--num-workers takes a whole number from 1 on, not 0"),
    ])
    func `a mistake is status 64 and says what was expected`(
        arguments: [String], text: String
    ) throws {
        let finished = try Program.run(arguments)
        #expect(finished.ending == .exited(code: 64), "\(finished.errorOutput)")
        #expect(finished.errorOutput.contains(text), "\(finished.errorOutput)")
    }
}
