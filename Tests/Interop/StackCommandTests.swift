import Glibc
import TestSupport
import Testing

/// `rqd stack`: where a job is at this moment.
@Suite struct StackCommandTests {
    /// What `rqd stack` prints of a job, once a line, or the last one, is in a function.
    private static func stack(
        of job: String, in function: String, _ daemon: Daemon, last: Bool = true
    ) throws -> [String] {
        var lines: [String] = []
        do {
            try eventually("a stack in \(function)") {
                lines = try daemon.ask("stack", job).output.split(separator: "\n").map(String.init)
                let looked = last ? lines.suffix(1) : lines[...]
                return looked.contains { $0.hasSuffix(", in \(function)") }
            }
        } catch {
            throw HarnessError("\(error): \(lines)")
        }
        return lines
    }

    /// Asks twice at the control socket, and then ends the worker.
    private static let twoAskers = """
        import os, signal, socket, sys
        clients = []
        for command in '"stack","job":"a"', '"stack","job":"a"', '"status"':
            client = socket.socket(socket.AF_UNIX)
            client.connect(sys.argv[1])
            client.sendall(('{"rqd":1,"command":%s}\\n' % command).encode())
            clients.append(client.makefile())
        clients.pop().readline()  # the master has read one of them at least
        os.kill(int(sys.argv[2]), signal.SIGKILL)
        for client in clients:
            print(client.readline(), end='')
        """

    @Test func `a job that waits tells its stack, and goes on`() throws {
        try Application.run { daemon in
            let pipe = daemon.directory.file("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            try Script(.rq3_0, on: daemon).enqueue(Call("a", "stuck.open_pipe", .text(pipe)))
            let lines = try Self.stack(of: "a", in: "open_pipe", daemon)
            try #require(lines.first == "Main thread (most recent call last):", "\(lines)")
            try #require(!lines.contains { $0.contains("rqd-stable") }, "\(lines)")
            let writer = open(pipe, O_WRONLY | O_CLOEXEC)
            defer { close(writer) }
            try daemon.waitFor("finished", of: "a")
            try #require(!daemon.log.contains("job is slow"))
        }
    }

    @Test(arguments: ["count_in_c", "hash_in_c"])
    func `code in C does not hide it, with the interpreter's lock or without`(
        function: String
    ) throws {
        try Application.run { daemon in
            try Script(.rq3_0, on: daemon).enqueue(Call("a", "stuck.\(function)"))
            for _ in 0..<3 { _ = try Self.stack(of: "a", in: function, daemon) }
            try daemon.tell("kill-job", "a")
            try daemon.waitFor("failed", of: "a")
        }
    }

    @Test func `a job that is not here, and one that is over, is refused`() throws {
        try Application.run { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("a", "work.nothing"))
            try daemon.waitFor("finished", of: "a")
            for job in ["a", "nobody"] {
                try eventually("a refusal") {
                    let answer = try daemon.ask("stack", job)
                    return answer.ending == .exited(code: 1)
                        && answer.errorOutput == "rqd: no job \(job) runs here\n"
                }
            }
        }
    }

    @Test func `two ask a worker that hangs; both are answered, by it or in its place`() throws {
        try Application.run { daemon in
            let go = daemon.directory.file("go")
            try Script(.rq3_0, on: daemon).enqueue(Call("a", "stuck.wait_with_thread", .text(go)))
            _ = try Self.stack(of: "a", in: "await_file", daemon, last: false)
            let worker = try daemon.process("rqd: worker default/0")
            worker.send(SIGSTOP)
            let late = try daemon.ask("stack", "a")
            try #require(late.ending == .exited(code: 69))
            try #require(late.errorOutput == "rqd: its worker does not answer\n")
            worker.send(SIGCONT)
            // The answer that comes too late is nobody's; the next question has its own.
            let lines = try daemon.tell("stack", "a").output.split(separator: "\n")
            let heads = lines.filter { $0.hasSuffix("(most recent call last):") }
            try #require(heads.count == 2, "\(lines)")
            worker.send(SIGSTOP)
            let answers = try run(
                [
                    "/usr/bin/python3", "-c", Self.twoAskers, daemon.directory.file("control"),
                    "\(worker.pid)",
                ])
            // The question that is answered first may be the one that was asked last.
            let expected = ["has ended", "does not take orders"].map {
                "{\"error\":\"its worker \($0)\",\"exit\":69,\"ok\":false,\"rqd\":1}"
            }
            let told = answers.output.split(separator: "\n").map(String.init)
            try #require(told.count == 2, "\(answers.output)\(answers.errorOutput)")
            try #require(told.allSatisfy(expected.contains), "\(told)")
            try daemon.directory.write("go", "")
            try daemon.waitFor("finished", of: "a")
        }
    }

    @Test(arguments: [
        ("hosts.Telling", PythonEnvironment.Release.rq1_16), ("hosts.Telling", .rq3_0),
        ("hosts.Forking", .rq2_6), ("hosts.Forking", .rq3_0),
    ])
    func `a job of a worker class tells its stack, and when it is slow`(
        workerClass: String, release: PythonEnvironment.Release
    ) throws {
        try Daemon.hosting(workerClass, release, pool: "slowlog = \"300ms\"") { daemon in
            let go = daemon.directory.file("go")
            let script = Script(release, on: daemon)
            try script.enqueue(Call("a", "stuck.wait_with_thread", .text(go)))
            let lines = try Self.stack(of: "a", in: "await_file", daemon, last: false)
            try #require(!lines.contains { $0.contains("rqd-hosted") }, "\(lines)")
            let slow = try daemon.waitForLog("job is slow")
            try #require(slow.contains("RQ_JOB_ID=a"), "\(slow)")
            try daemon.waitForLog("in stand_by")
            try daemon.directory.write("go", "")
            try daemon.waitFor("finished", of: "a")
            try script.enqueue(Call("b", "stuck.count_in_c"))
            _ = try Self.stack(of: "b", in: "count_in_c", daemon, last: false)
        }
    }

    @Test func `of a process that another interpreter runs, the kernel's word is told`() throws {
        try Daemon.hosting("rq.worker.SpawnWorker") { daemon in
            try daemon.startWaiting("a")
            let lines = try daemon.tell("stack", "a").output
            try #require(
                lines.hasPrefix("main thread: no Python stack, it does not take"), "\(lines)")
            try daemon.letGo("a")
            try daemon.waitFor("finished", of: "a")
        }
    }
}
