import RedisKit
import TestSupport
import Testing

/// Agents and applications put wrappers around methods of RQ's Worker and Job: what they see of each
/// job is what they see under `rq worker`.
@Suite struct HookTests {
    /// When the wrappers come.
    enum Moment: String, CaseIterable {
        /// With the settings module.
        case late
        /// Before `import rq`, by a `sitecustomize`.
        case early
        /// Before `import rq`, as a subclass in the place of RQ's class.
        case subclass
    }

    @Test(arguments: PythonEnvironment.Release.allCases, Moment.allCases)
    func `wrappers see the calls, arguments, results and status that they see under rq worker`(
        release: PythonEnvironment.Release, moment: Moment
    ) throws {
        let theirs = try watched(release, moment, by: PythonEnvironment(release).program("rq"))
        let ours = try watched(release, moment, by: BuiltProgram.rqd())
        #expect(theirs.count > 4)
        #expect(ours == theirs)
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `a failure is one record of RQ's logger, and a job's own records come out`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        try Script(release: release, url: server.url).enqueue(
            Call("bad", "work.fail", "boom"), Call("chatty", "alarmed.chat"))
        let told = try Application.burst(
            release, on: server, flags: ["-c", "alarmed"],
            environment: ["ALARMS_BY": server.url])
        let alarms = try server.connect().call(Command("LRANGE", "alarms", "0", "-1")).array?
            .compactMap(\.text)
        #expect(alarms == ["bad default work.fail True ValueError: boom"])
        #expect(told.contains("the job's own line"), "\(told)")
        let plain = try RedisServer()
        try Script(release: release, url: plain.url).enqueue(Call("chatty", "chatty.chat"))
        #expect(try Application.burst(release, on: plain).contains("nobody has set up logging"))
    }

    /// What the application `watchers` has noted of the jobs, in order.
    private func watched(
        _ release: PythonEnvironment.Release, _ moment: Moment, by program: String
    ) throws -> [String] {
        let server = try RedisServer()
        try PythonConsole.of(release).run(
            """
            from rq import Retry
            queue = Queue(connection=redis)
            queue.enqueue('work.add', 1, 2, job_id='good')
            queue.enqueue('work.fail', 'boom', job_id='bad')
            queue.enqueue('work.fail', 'boom', job_id='later', retry=Retry(1, interval=600))
            queue.enqueue('work.add', 1, 2, job_id='told', on_success='watchers.told')
            queue.enqueue('watchers.again', 1, job_id='again')
            """, redis: server.url)
        var environment = Application.environment.merging(
            [
                "VIRTUAL_ENV": try PythonEnvironment(release).path, "WATCHED_BY": server.url,
                "WATCHED_AS": moment.rawValue,
            ]) { $1 }
        if moment != .late { environment["PYTHONPATH"] = "\(Application.directory)/early" }
        let flags = moment == .late ? ["-c", "watchers"] : []
        let worker = try run(
            [program, "worker", "--burst", "--url", server.url, "--path", Application.directory]
                + flags,
            environment: inheritedEnvironment().merging(environment) { $1 },
            directory: Application.directory, timeout: .seconds(240))
        try #require(worker.ending == .exited(code: 0), "\(worker.errorOutput)")
        return try server.connect().call(Command("LRANGE", "watched", "0", "-1")).array?
            .compactMap(\.text) ?? []
    }
}
