import TestSupport
import Testing

/// What a service holds on to; `make leaks` looks for longer.
@Suite struct LeakTests {
    @Test func `jobs, crashes and reloads leave no descriptor, process or key behind`() throws {
        let python = try PythonEnvironment(.rq3_0).python
        let finished = try run(
            [
                python, "\(PackageRoot.path)/scripts/lib/leaks.py", "--rqd", try BuiltProgram.rqd(),
                "--jobs", "2000", "--crashes", "20", "--reloads", "6", "--rounds", "6",
            ],
            environment: inheritedEnvironment().merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
            timeout: .seconds(400))
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)\n\(finished.output)")
    }
}
