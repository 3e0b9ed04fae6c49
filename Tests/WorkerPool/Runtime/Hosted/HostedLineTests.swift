import Logging
import Testing

@testable import WorkerPool

@Suite struct HostedLineTests {
    private func line(_ text: String) -> HostedLine {
        HostedLine(Array(text.utf8)[...], mark: Array("mark".utf8))
    }

    @Test func `a line that RQ logs has its priority in front`() {
        #expect(line("<3>boom") == .logged(.error, Array("boom".utf8)[...]))
        #expect(line("<6>") == .logged(.info, [][...]))
    }

    @Test(arguments: ["", "<", "<3", "<x>y", "plain", "<10>ten", "mar"])
    func `any other line is what somebody has printed`(text: String) {
        #expect(line(text) == .printed(Array(text.utf8)[...]))
    }

    @Test func `a mark says where a job begins and ends`() {
        #expect(line("mark+612062") == .begins(jobID: "a b"))
        #expect(line("mark-c3a4") == .ends(jobID: "ä"))
    }
}
