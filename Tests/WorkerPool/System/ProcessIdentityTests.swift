import Glibc
import Testing

@testable import WorkerPool

@Suite struct ProcessIdentityTests {
    @Test func `this process is itself and alive`() throws {
        let identity = try #require(ProcessIdentity.of(getpid()))
        #expect(identity.pid == getpid())
        #expect(identity.isAlive)
    }

    @Test func `a process with the same pid but another start is not the one`() throws {
        let identity = try #require(ProcessIdentity.of(getpid()))
        let earlier = ProcessIdentity(pid: identity.pid, startTime: identity.startTime - 1)
        #expect(!earlier.isAlive)
    }

    @Test func `there is no process with a pid beyond the kernel's limit`() {
        #expect(ProcessIdentity.of(Int32.max) == nil)
        #expect(!ProcessIdentity(pid: Int32.max, startTime: 1).isAlive)
    }

    @Test func `a program's name with spaces and parentheses does not shift the fields`() throws {
        let line = "7 (a) (b c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21"
        let stat = try #require(ProcessStat(line: Array(line.utf8)[...]))
        #expect(stat.state == UInt8(ascii: "S"))
        #expect(stat.startTime == 4711)
        #expect(stat.runs)
    }

    @Test(arguments: ["Z", "X"])
    func `a zombie does not run`(state: String) throws {
        let line = "7 (a) \(state) 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
        let stat = try #require(ProcessStat(line: Array(line.utf8)[...]))
        #expect(!stat.runs)
    }

    @Test(arguments: ["", "7 (a", "7 (a) S 1 2"])
    func `a line that is cut short is no process`(line: String) {
        #expect(ProcessStat(line: Array(line.utf8)[...]) == nil)
    }
}
