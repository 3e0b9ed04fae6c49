import Testing

@testable import WorkerPool

@Suite struct EndingTests {
    @Test(arguments: [
        (Int32(0), Ending.exited(code: 0)),
        (78 << 8, .exited(code: 78)),
        (9, .killed(signal: 9)),
        (11 | 0x80, .killed(signal: 11)),
    ])
    func `a wait status is read as waitpid wrote it`(status: Int32, expected: Ending) {
        #expect(Ending(waitStatus: status) == expected)
    }

    @Test(arguments: [
        (Ending.exited(code: 78), "exit status 78"),
        (.killed(signal: 9), "signal KILL"),
        (.killed(signal: 63), "signal 63"),
    ])
    func `an ending is told by name`(ending: Ending, text: String) {
        #expect(ending.description == text)
    }
}
