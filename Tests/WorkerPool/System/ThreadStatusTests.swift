import Glibc
import Testing

@testable import WorkerPool

@Suite struct ThreadStatusTests {
    @Test func `state and signals are read from the kernel's text`() throws {
        let text = """
            Name:\todd: name
            State:\tT (stopped)
            SigPnd:\t1000000000000000
            ShdPnd:\t0000000000000002
            SigBlk:\t0000000000000004
            SigIgn:\t0000000001001000
            SigCgt:\t1000000000000002

            """
        let status = try #require(ThreadStatus(text: text))
        #expect(status.isStopped)
        #expect(status.state == "T (stopped)")
        #expect(status.pending == 1 << 60)
        #expect(status.blocked == 4)
        #expect(status.caught == 1 << 60 | 2)
    }

    @Test func `a text without signals is none`() {
        #expect(ThreadStatus(text: "State:\tS (sleeping)\n") == nil)
    }

    @Test func `this process is the first of its own threads`() throws {
        #expect(ProcessFile.threads(of: getpid()).first == getpid())
        let status = try #require(ThreadStatus(of: getpid(), in: getpid()))
        #expect(!status.isStopped)
    }

    @Test func `a process that is not there has no threads`() {
        #expect(ProcessFile.threads(of: Int32.max).isEmpty)
        #expect(ThreadStatus(of: Int32.max, in: Int32.max) == nil)
    }
}
