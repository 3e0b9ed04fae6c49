import Glibc
import Testing

@testable import WorkerPool

@Suite struct SystemCallErrorTests {
    @Test func `an error names the call, its subject and the reason`() {
        let error = SystemCallError(call: "waitpid", subject: "pid 4213", errno: ECHILD)
        #expect(error.description == "waitpid(pid 4213): No child processes (10)")
    }
}
