import Glibc
import RedisKit
import TestSupport
import Testing

/// What an interpreter of rqd's imports, and who has it do so.
@Suite struct ImportTests {
    /// Modules that rqd's own scripts ask for first.
    private static let names = [
        "socket", "json", "threading", "struct", "select", "selectors", "fcntl", "functools",
        "traceback", "resource", "signal", "importlib", "faulthandler", "gc", "time", "contextlib",
    ]

    @Test(arguments: [
        ["worker", "--burst", "--path", "/nowhere"],
        ["worker", "--burst", "--path", "/nowhere", "-w", "rq.worker.SimpleWorker"],
        ["check", "--connect", "--set", "python.path=/nowhere"],
    ])
    func `no module of the directory that rqd is started in stands for one of its own`(
        command: [String]
    ) throws {
        let server = try RedisServer()
        let directory = try TemporaryDirectory()
        for name in Self.names {
            try directory.write(
                "\(name).py", "open('run', 'a').write('\(name) ')\nraise SystemExit")
        }
        let python = try PythonEnvironment(.rq3_0).python
        let done = try run(
            [try BuiltProgram.rqd()] + command,
            environment: inheritedEnvironment().merging(
                ["RQD_PYTHON_INTERPRETER": python, "RQD_REDIS_URL": server.url]
            ) { $1 }, directory: directory.path)
        let ran = (try? readFile(directory.file("run"))).map { String(decoding: $0, as: UTF8.self) }
        #expect(ran == nil, "\(ran ?? "") \(done.errorOutput)")
        #expect(done.ending == .exited(code: 0), "\(done.errorOutput)")
    }

    @Test func `root's check starts no interpreter of the application's unasked`() throws {
        let directory = try TemporaryDirectory()
        let python = try directory.write(
            "python", "#!/bin/sh\ntouch \(directory.file("started"))\nexit 1\n")
        try #require(chmod(python, 0o755) == 0 && chmod(directory.path, 0o777) == 0)
        let file = try directory.write(
            "rqd.conf",
            "[python]\ninterpreter = \"\(python)\"\nsentry_dsn = \"https://key@host/1\"\n")
        let open = try TemporaryDirectory()
        let rqd = try open.open(try BuiltProgram.rqd())
        let check = [rqd, "check", "-c", file]
        try #require(try run(check).ending == .exited(code: 0))
        #expect(access(directory.file("started"), F_OK) != 0)
        // Somebody who has no more rights than the application finds out.
        #expect(try run(Attack.nobody() + check).ending == .exited(code: 78))
        #expect(access(directory.file("started"), F_OK) == 0)
    }
}
