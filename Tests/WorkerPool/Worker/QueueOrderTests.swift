import RQ
import Testing

@testable import WorkerPool

struct QueueOrderTests {
    /// Gives the numbers of a simple series: the same ones each time.
    private struct Series: RandomNumberGenerator {
        var last: UInt64

        mutating func next() -> UInt64 {
            last = last &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return last
        }
    }

    private static let queues: [QueueName] = ["a", "b", "c"]

    @Test func `by default the order never changes`() {
        var order = QueueOrder(Self.queues, .default)
        var series = Series(last: 1)
        for queue in Self.queues { order.took(from: queue, using: &series) }
        #expect(order.queues == Self.queues)
    }

    @Test(arguments: [
        (["a"], ["b", "c", "a"]), (["b"], ["c", "a", "b"]), (["c"], ["a", "b", "c"]),
        (["a", "c"], ["a", "b", "c"]), (["b", "b"], ["c", "a", "b"]),
        (["elsewhere"], ["a", "b", "c"]),
    ])
    func `in turn, the queue that gave a job comes last`(taken: [String], expected: [String]) {
        var order = QueueOrder(Self.queues, .roundRobin)
        var series = Series(last: 1)
        for queue in taken { order.took(from: QueueName(queue), using: &series) }
        #expect(order.queues == expected.map { QueueName($0) })
    }

    @Test func `at random every order comes up, and none before the first job`() {
        var order = QueueOrder(Self.queues, .random)
        #expect(order.queues == Self.queues)
        var series = Series(last: 1)
        var seen: Set<[QueueName]> = []
        for _ in 0..<100 {
            order.took(from: "a", using: &series)
            seen.insert(order.queues)
        }
        #expect(seen.count == 6)
        #expect(seen.allSatisfy { Set($0) == Set(Self.queues) })
    }
}
