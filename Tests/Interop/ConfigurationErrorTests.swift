import Glibc
import TestSupport
import Testing

/// What `rqd run` says of a configuration that cannot be.
@Suite struct ConfigurationErrorTests {
    /// Lines of a file, and what is said about them after the file's name.
    static let files: [(lines: String, complaint: String)] = [
        (
            "[redis]\nulr = \"redis://h\"\n",
            ":2:1: unknown key redis.ulr; did you mean redis.url?"
        ),
        (
            "[pool.default]\nworkers = \"four\"\n",
            ":2:11: pool.default.workers must be a whole number from 0 to 4096, not \"four\""
        ),
        (
            "[pool.default]\nworkers = -1\n",
            ":2:11: pool.default.workers must be a whole number from 0 to 4096, not -1"
        ),
        (
            "[pool.default]\nqueues = []\n",
            ":2:10: pool.default.queues must not be empty: it is a list of queue names"
        ),
        (
            "[python]\ninterpreter = \"/nowhere/python\"\n",
            ":2:15: python.interpreter: /nowhere/python: No such file or directory"
        ),
        (
            "[python]\ndirectory = \"/nowhere\"\n",
            ":2:13: python.directory: /nowhere: No such file or directory"
        ),
    ]

    @Test(arguments: files)
    func `a wrong file is told with its place and status 78, and nothing is started`(
        lines: String, complaint: String
    ) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("rqd.conf", lines)
        let finished = try start(path)
        #expect(finished.ending == .exited(code: 78))
        #expect(finished.errorOutput == "\(path)\(complaint)\n")
        #expect(finished.output == "")
    }

    @Test func `a file that cannot be read is told with status 78`() throws {
        let directory = try TemporaryDirectory()
        let finished = try start(directory.path)
        #expect(finished.ending == .exited(code: 78))
        #expect(finished.errorOutput == "\(directory.path): cannot be read: Is a directory\n")
        let missing = directory.file("none.conf")
        let other = try start(missing)
        #expect(other.ending == .exited(code: 78))
        #expect(other.errorOutput == "\(missing): cannot be read: No such file or directory\n")
    }

    @Test func `every mistake is told at once`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            "rqd.conf", "[pool.default]\nqueues = \"a\"\nworkers = -1\ncolour = 1\n")
        #expect(
            try start(path).errorOutput == """
                \(path):2:10: pool.default.queues must be a list of queue names, not "a"
                \(path):3:11: pool.default.workers must be a whole number from 0 to 4096, not -1
                \(path):4:1: unknown key pool.default.colour

                """)
    }

    /// Runs `rqd run` to its end; with no more of an environment than it takes to find programs.
    private func start(_ path: String) throws -> Finished {
        try TestSupport.run(
            [try BuiltProgram.rqd(), "run", "--config", path],
            environment: ["PATH": inheritedEnvironment()["PATH"] ?? "/usr/bin:/bin"],
            timeout: .seconds(20))
    }
}
