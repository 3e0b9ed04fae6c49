import Glibc
import Testing

@testable import WorkerPool

@Suite struct OwnedDescriptorTests {
    // The far end of a pipe tells whether the near end is still open; the number
    // itself could be in use again by another test.
    @Test func `a descriptor is closed at the end of its owner's life`() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        do { _ = OwnedDescriptor(adopting: ends[1]) }
        var byte: UInt8 = 0
        #expect(read(ends[0], &byte, 1) == 0)
        close(ends[0])
    }

    @Test func `a descriptor that was given away stays open`() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let given = OwnedDescriptor(adopting: ends[1]).release()
        var byte: UInt8 = 42
        #expect(write(given, &byte, 1) == 1)
        close(given)
        close(ends[0])
    }
}
