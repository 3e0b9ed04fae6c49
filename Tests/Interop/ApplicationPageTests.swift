import TestSupport
import Testing

/// The configurations of docs/APPLICATIONS.md, with the applications that need no database server;
/// `scripts/applications` tries them all.
@Suite struct ApplicationPageTests {
    @Test func `jobs of applications end under rqd as under their own worker command`() throws {
        let place = try TemporaryDirectory()
        let tried = try run(
            [
                try PythonEnvironment(.rq3_0).python,
                "\(PackageRoot.path)/Tests/Applications/applications.py", BuiltProgram.rqd(),
                place.file("applications"), "quick",
            ],
            environment: inheritedEnvironment().merging(Application.environment) { $1 },
            timeout: .seconds(480))
        #expect(tried.ending == .exited(code: 0), "\(tried.output)\n\(tried.errorOutput)")
        let rows = tried.output.split(separator: "\n").filter { $0.contains(", rq ") }
        #expect(rows.count == 3, "\(tried.output)")
    }
}
