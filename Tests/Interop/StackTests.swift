import Glibc
import TestSupport
import Testing

/// Where a job is, as the log tells it of a slow one and of one that is about to be killed.
@Suite struct StackTests {
    /// A function of `stuck.py` and the line of it that holds this text, as tracebacks name it.
    private static func place(_ function: String, _ text: String) throws -> String {
        let path = "\(Application.directory)/stuck.py"
        let source = String(decoding: try readFile(path), as: UTF8.self)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0.hasPrefix("def \(function)(") })
        let line = try #require(lines[begin...].firstIndex { $0.contains(text) })
        return "  File \"\(path)\", line \(line + 1), in \(function)"
    }

    private static func stack(of job: String, in daemon: Daemon) -> [String] {
        daemon.log.split(separator: "\n").compactMap { line in
            line.split(separator: " \(job) stack| ", maxSplits: 1).dropFirst().first.map(
                String.init)
        }
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `a slow job's place is logged once, one that no slowlog watches never`(
        release: PythonEnvironment.Release
    ) throws {
        let pool = """
            [pool.watched]
            workers = 1
            queues = ["watched"]
            slowlog = "500ms"
            """
        try Application.run(release, pool: pool) { daemon in
            let pipe = daemon.directory.file("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            let script = Script(release, on: daemon)
            try script.enqueue(
                Call("unwatched", "stuck.open_pipe", .text(pipe)),
                Call("slow", "stuck.open_pipe", .text(pipe), queue: "watched"))
            let place = try Self.place("open_pipe", "os.open")
            try daemon.waitForLog(place)
            let writer = open(pipe, O_WRONLY | O_CLOEXEC)
            defer { close(writer) }
            for job in ["slow", "unwatched"] { try daemon.waitFor("finished", of: job) }
            let slow = daemon.log.split(separator: "\n").filter { $0.contains("job is slow") }
            try #require(slow.count == 1)
            try #require(
                slow[0].contains(" warn ") && slow[0].contains("RQ_JOB_ID=slow"), "\(slow)")
            let lines = Self.stack(of: "slow", in: daemon)
            try #require(lines.first == "Main thread (most recent call last):")
            try #require(lines.last == place)
            try #require(!lines.contains { $0.contains("rqd-stable") || $0.contains("<string>") })
            try #require(Self.stack(of: "unwatched", in: daemon).isEmpty)
        }
    }

    @Test(arguments: [("count_in_c", "sum("), ("hash_in_c", "pbkdf2")])
    func `a job stuck in C is logged and recorded with its place before its timeout kills it`(
        function: String, line: String
    ) throws {
        try Application.run(pool: "timeout_grace = \"200ms\"") { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("stuck", "stuck.\(function)", options: ["timeout": 1]))
            let told = try daemon.waitForLog("job is about to be killed")
            try #require(told.contains("reason=\"its timeout and timeout_grace have passed\""))
            try daemon.waitFor("failed", of: "stuck")
            let place = try Self.place(function, line)
            try #require(Self.stack(of: "stuck", in: daemon).last == place)
            let error = try script.report("stuck").error ?? ""
            try #require(error.hasPrefix("Main thread (most recent call last):\n"), "\(error)")
            try #require(
                error.hasSuffix(
                    """
                    \(place)
                    Task exceeded maximum timeout value (1 seconds); \
                    its process ignored that and was killed
                    """), "\(error)")
        }
    }

    @Test func `a job that outlives stop_timeout is logged with its place`() throws {
        try Application.run(pool: "stop_timeout = \"500ms\"") { daemon in
            try Script(.rq3_0, on: daemon).enqueue(Call("stuck", "stuck.count_in_c"))
            try daemon.waitForLog("job started")
            daemon.send(SIGTERM)
            let told = try daemon.waitForLog("job is about to be killed")
            try #require(told.contains("reason=\"stop_timeout has passed\""), "\(told)")
            try daemon.wait()
            let place = try Self.place("count_in_c", "sum(")
            try #require(Self.stack(of: "stuck", in: daemon).last == place)
        }
    }

    @Test(arguments: [
        ("stop", "it is stopped; state T (stopped)"),
        ("deaf_to_all", "it blocks signal 61; state S (sleeping)"),
    ])
    func `of a job that cannot answer, the log has what the kernel knows`(
        function: String, words: String
    ) throws {
        try Application.run(pool: "timeout_grace = \"200ms\"") { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("mute", "stuck.\(function)", options: ["timeout": 1]))
            try daemon.waitFor("failed", of: "mute")
            let lines = Self.stack(of: "mute", in: daemon)
            try #require(lines.count == 1)
            try #require(lines[0].hasPrefix("main thread: no Python stack, \(words)"), "\(lines)")
            let error = try script.report("mute").error ?? ""
            try #require(error.hasPrefix("Task exceeded maximum timeout value"), "\(error)")
        }
    }

    @Test func `all threads of a slow job tell theirs`() throws {
        try Application.run(pool: "slowlog = \"500ms\"") { daemon in
            let go = daemon.directory.file("go")
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("slow", "stuck.wait_with_thread", .text(go)))
            try daemon.waitForLog("in stand_by")
            try daemon.directory.write("go", "")
            try daemon.waitFor("finished", of: "slow")
            let lines = Self.stack(of: "slow", in: daemon)
            let heads = lines.filter { $0.hasSuffix("(most recent call last):") }
            try #require(heads.count == 2)
            try #require(heads[0] == "Main thread (most recent call last):")
            try #require(heads[1].hasPrefix("Thread "))
            let second = try #require(lines.lastIndex(of: heads[1]))
            let main = try Self.place("wait_with_thread", "await_file")
            let other = try Self.place("stand_by", "event.wait")
            try #require(lines[..<second].contains(main))
            try #require(lines[second...].contains(other))
        }
    }

    @Test func `a slow job's own signals and fault handler do their work`() throws {
        try Application.run(pool: "slowlog = \"500ms\"") { daemon in
            let (own, go) = (daemon.directory.file("own"), daemon.directory.file("go"))
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(
                Call("slow", "stuck.with_own_handlers", .text(own), .text(go)))
            try daemon.waitForLog("in with_own_handlers")
            try daemon.directory.write("go", "")
            try daemon.waitFor("finished", of: "slow")
            let value = try script.report("slow").value
            try #require(value == "'USR1 with_own_handlers enabled'", "\(value ?? "")")
        }
    }

    @Test func `what a job forks does not write for it`() throws {
        try Application.run { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("parent", "stuck.with_child"))
            try daemon.waitFor("finished", of: "parent")
            try #require(try script.report("parent").value == "'True False'")
        }
    }

    @Test func `a job that has closed all descriptors finds no stack in its files`() throws {
        try Application.run(pool: "slowlog = \"500ms\"") { daemon in
            let (own, go) = (daemon.directory.file("own"), daemon.directory.file("go"))
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(
                Call("slow", "stuck.without_descriptors", .text(own), .text(go)))
            try daemon.waitForLog("job is slow")
            try daemon.directory.write("go", "")
            try daemon.waitFor("failed", of: "slow")
            let told = try readFile("\(own).told")
            try #require(told == Array("clean".utf8))
        }
    }
}
