import Testing

@testable import WorkerPool

@Suite struct ForkTests {
    @Test func `a process with threads refuses to fork`() throws {
        // The test runner has several threads, so no child is made here.
        let threads = try Fork.threadCount()
        #expect(threads > 1)
        #expect(throws: ForkError.self) {
            _ = try Fork.child(title: "never", keeping: []) { 0 }
        }
    }

    @Test func `everything but the standard descriptors is closed`() {
        #expect(Fork.gaps(between: []) == [3...UInt32.max])
    }

    @Test func `the descriptors to keep are left out, in any order and more than once`() {
        #expect(Fork.gaps(between: [9, 5, 3, 5, 4, 2]) == [6...8, 10...UInt32.max])
    }
}
