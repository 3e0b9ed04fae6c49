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

    @Test func `a user or a group that there is not is said, and a group without a user`() throws {
        let toml = """
            [pool.a]
            user = "nobody-of-that-name"
            [pool.b]
            user = "root"
            group = "no-such-group"
            [pool.c]
            group = "root"
            """
        let said = try complaints(toml).filter { $0.contains("user") || $0.contains("group") }
        #expect(
            said == [
                "/etc/rqd.conf:2:8: pool.a.user: this machine has no user nobody-of-that-name",
                "/etc/rqd.conf:5:9: pool.b.group: this machine has no group no-such-group",
                "/etc/rqd.conf:7:9: pool.c.group: needs user beside it",
            ])
    }

    @Test func `a bare name that PATH does not know is said`() throws {
        #expect(
            try complaints("[python]\ninterpreter = \"pypy3\"") == [
                "/etc/rqd.conf:2:15: python.interpreter: pypy3: not found in any directory of PATH"
            ])
    }
}
