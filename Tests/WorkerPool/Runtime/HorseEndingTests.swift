import Testing

@testable import WorkerPool

@Suite struct HorseEndingTests {
    @Test(arguments: [
        (9, "it was killed by SIGKILL (signal 9)"),
        (11, "it was killed by SIGSEGV (signal 11)"),
        (11 | 0x80, "it was killed by SIGSEGV (signal 11)"),
        (15, "it was killed by SIGTERM (signal 15)"),
        (35, "it was killed by SIGRTMIN+1 (signal 35)"),
        (16, "it was killed by signal (signal 16)"),
    ])
    func `a signal is told by its name`(waitStatus: Int, text: String) {
        let ending = HorseEnding(waitStatus: Int32(waitStatus))
        #expect(ending.isKilled)
        #expect("\(ending)" == text)
    }

    @Test(arguments: [0, 7, 255])
    func `an exit is told by its status`(status: Int) {
        let ending = HorseEnding(waitStatus: Int32(status << 8))
        #expect(!ending.isKilled)
        #expect("\(ending)" == "it exited with status \(status)")
    }

    @Test func `a horse that could not deliver its outcome says so by its status`() {
        let ending = HorseEnding(waitStatus: HorseEnding.unreported << 8)
        #expect("\(ending)".contains("closed the descriptors"))
    }
}
