import RedisKit
import TestSupport
import Testing

/// What RQ does wrong, and rqd does not; `docs/HAZARDS.md` lists it all.
@Suite struct HazardTests {
    private static let folder = "\(PackageRoot.path)/Tests/Interop/Hazards/Python"

    /// Every demonstration, by the hazard's number.
    static let demonstrations = Array(1...37).filter { $0 != 32 && $0 != 34 }

    /// Before Redis 6.2 there is no LMOVE, and rq goes another way.
    private static var numbers: [Int] {
        get throws {
            let needsMoves = [2, 5, 37]
            let canMove = try RedisProgram.isAtLeast(6, 2)
            return demonstrations.filter { canMove || !needsMoves.contains($0) }
        }
    }

    /// rq 3.0 itself, killed or hindered at the step in question.
    @Test(arguments: try numbers)
    func `rq does what HAZARDS says of it`(number: Int) throws {
        let server = try RedisServer()
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["PYTHONPATH": "\(Self.folder):\(Application.directory)"]) { $1 }
        let python = try PythonEnvironment(.rq3_0).python
        let finished = try TestSupport.run(
            [python, "\(Self.folder)/show.py", server.url, "h\(number)"],
            environment: environment, timeout: .seconds(120))
        #expect(finished.ending == .exited(code: 0), "\(finished.errorOutput)")
    }

    @Test func `stop-job and kill-horse for an idle worker kill nobody`() throws {
        try Application.run { daemon in
            let family = daemon.family.map(\.pid)
            let name = try daemon.workerName()
            for order in ["'stop-job', job_id='a'", "'kill-horse'"] {
                try daemon.python("rq.command.send_command(redis, '\(name)', \(order))")
            }
            try daemon.waitForLog("command ignored")
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("a", "deeds.count"))
            try daemon.waitFor("finished", of: "a")
            // Horses come and go; all others have stayed.
            let stayed = daemon.family.filter { !$0.title.hasPrefix("rqd: horse") }.map(\.pid)
            try #require(Set(stayed).isSubset(of: family), "\(family) \(stayed)")
        }
    }

    @Test func `a stop that comes after the end does not stop the next run of the same id`()
        throws
    {
        try Application.run { daemon in
            let name = try daemon.workerName()
            try daemon.python(
                """
                queue = Queue(connection=redis)
                queue.enqueue('deeds.fail_after_the_first_run', job_id='a', retry=Retry(max=1))
                """)
            try daemon.waitFor("finished", of: "a")
            try daemon.python(
                "rq.command.send_command(redis, '\(name)', 'stop-job', job_id='a')")
            try daemon.waitForLog("command ignored")
            try daemon.python(
                """
                queue = Queue(connection=redis)
                queue.enqueue_job(queue.fetch_job('a'))
                """)
            try daemon.waitFor("failed", of: "a")
            try #require(try daemon.redis("GET", "runs").text == "3")
        }
    }

    @Test func `a note that a job saved is there when it is tried again after a kill`() throws {
        try Application.run { daemon in
            try daemon.python(
                """
                Queue(connection=redis).enqueue(
                    'deeds.note_and_die_once', job_id='a', retry=Retry(max=1),
                    meta={'progress': 'none'})
                """)
            try daemon.waitFor("finished", of: "a")
            try #require(try daemon.redis("GET", "found").text == "{'progress': 'half'}")
        }
    }

    @Test func `the dependents of a job that runs longer than its ttl run`() throws {
        try Application.run { daemon in
            try daemon.python(
                """
                queue = Queue(connection=redis)
                first = queue.enqueue('deeds.hold')
                redis.set('short', 1, px=1500)
                second = queue.enqueue('deeds.outlive', 'short', ttl=1, depends_on=first)
                queue.enqueue('deeds.count', job_id='third', depends_on=second)
                redis.set('go', 1)
                """)
            try daemon.waitFor("finished", of: "third")
        }
    }
}
