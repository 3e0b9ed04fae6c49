import TestSupport
import Testing

/// Sites with django-rq, each with the releases that belong together.
@Suite struct SiteTests {
    @Test(arguments: ["1.16.2", "2.6.1", "2.8.0", "3.0.0"])
    func `django-rq reads who runs and schedules a queue, and opening its pages costs no outcome`(
        release: String
    ) throws {
        let server = try RedisServer(tcp: true)
        let url = try server.tcpURL()
        let directory = try TemporaryDirectory()
        let environment = "\(PackageRoot.path)/.build/venv/site-\(release)"
        let site = "\(PackageRoot.path)/Tests/Interop/Site/Python"
        let variables = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": environment]) { $1 }
        let looked = try TestSupport.run(
            [
                "\(environment)/bin/python", "-W", "ignore", "\(site)/look.py", url,
                directory.path, try BuiltProgram.rqd(), "worker", "--with-scheduler", "--url", url,
                "--path", site,
            ], environment: variables, timeout: .seconds(120))
        #expect(looked.ending == .exited(code: 0), "\(looked.output)\(looked.errorOutput)")
    }
}
