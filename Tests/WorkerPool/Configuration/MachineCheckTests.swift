import TestSupport
import Testing

@testable import WorkerPool

@Suite struct MachineCheckTests {
    private func complaints(_ toml: String) throws -> [String] {
        let loaded = try Sample.load(toml)
        do {
            try loaded.checkMachine()
            return []
        } catch {
            return error.complaints.map(\.description)
        }
    }

    @Test func `an interpreter and a directory that exist are fine`() throws {
        let toml = "[python]\ninterpreter = \"/bin/sh\"\ndirectory = \"/\""
        #expect(try complaints(toml) == [])
    }

    @Test func `what is missing is said once for all pools, and once for a pool's own`() throws {
        let toml = """
            [python]
            interpreter = "/none/python"
            [pool.a]
            [pool.b]
            [pool.c.python]
            interpreter = "/bin"
            directory = "/bin/sh"
            """
        #expect(
            try complaints(toml) == [
                "/etc/rqd.conf:2:15: python.interpreter: /none/python: No such file or directory",
                "/etc/rqd.conf:6:15: pool.c.python.interpreter: /bin: Is a directory",
                "/etc/rqd.conf:7:13: pool.c.python.directory: /bin/sh: Not a directory",
            ])
    }

    @Test func `an interpreter must be executable`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("python", "")
        #expect(
            try complaints("[python]\ninterpreter = \"\(file)\"") == [
                "/etc/rqd.conf:2:15: python.interpreter: \(file): Permission denied"
            ])
    }

    @Test func `a bare name that PATH does not know is said`() throws {
        #expect(
            try complaints("[python]\ninterpreter = \"pypy3\"") == [
                "/etc/rqd.conf:2:15: python.interpreter: pypy3: not found in any directory of PATH"
            ])
    }
}
