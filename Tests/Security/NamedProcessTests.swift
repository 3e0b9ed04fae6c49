import Glibc
import TestSupport
import Testing

@testable import WorkerPool

/// Numbers of processes that a job may have made up.
@Suite struct NamedProcessTests {
    @Test(arguments: [Int32.min, -4242, -1, 0, 1])
    func `a number that is none of a process, or init's, names nobody`(pid: Int32) {
        #expect(ProcessIdentity.of(pid, childOf: nil, user: 0) == nil)
        #expect(ProcessIdentity.of(pid, childOf: nil, user: geteuid()) == nil)
    }

    @Test func `a process is taken for a child of whom it is one, and for its user's`() throws {
        let child = try ChildProcess(["sleep", "60"])
        let user = geteuid()
        let named = try #require(ProcessIdentity.of(child.pid, childOf: getpid(), user: user))
        #expect(named == ProcessIdentity.of(child.pid))
        #expect(named.descends(from: getpid()))
        #expect(!named.descends(from: child.pid))
        #expect(ProcessIdentity.of(child.pid, childOf: getppid(), user: user) == nil)
        #expect(ProcessIdentity.of(child.pid, childOf: getpid(), user: user + 1) == nil)
    }

    @Test func `no signal goes to a process of another user, nor to its group`() throws {
        let child = try ChildProcess(["sleep", "60"])
        let named = try #require(ProcessIdentity.of(child.pid))
        named.signal(SIGKILL, ofUser: geteuid() + 1)
        named.signalGroup(SIGKILL, ofUser: geteuid() + 1)
        named.signalWithGroup(SIGKILL, ofUser: geteuid() + 1)
        #expect(try WatchedProcess(child.pid).isAlive)
        named.signalGroup(SIGKILL, ofUser: geteuid())
        #expect(try child.wait() == .killed(signal: SIGKILL))
    }

    @Test func `no signal goes to a later process with the number`() throws {
        let child = try ChildProcess(["sleep", "60"])
        let named = try #require(ProcessIdentity.of(child.pid))
        let former = ProcessIdentity(pid: named.pid, startTime: named.startTime - 1)
        former.signal(SIGKILL, ofUser: geteuid())
        #expect(!former.exists && named.exists)
        #expect(try WatchedProcess(child.pid).isAlive)
    }
}
