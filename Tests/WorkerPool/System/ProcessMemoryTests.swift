import Glibc
import Testing

@testable import WorkerPool

@Suite struct ProcessMemoryTests {
    @Test func `a process and its children hold more than nothing and less than everything`() {
        let held = ProcessMemory.excess(of: getpid(), above: 1 << 20) ?? 0
        #expect(held > 1 << 20)
        #expect(ProcessMemory.excess(of: getpid(), above: 1 << 50) == nil)
    }

    @Test func `a process that is not there holds nothing`() {
        #expect(ProcessMemory.resident(of: -1) == 0)
        #expect(ProcessMemory.excess(of: -1, above: 0) == nil)
    }
}
