import RQ
import Testing

@testable import WorkerPool

/// When the queues of pools that scale by themselves are looked at.
@Suite struct BacklogWatchTests {
    private static let pool = BacklogWatch.Pool(number: 3, queues: ["a", "b"])
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private static func connected(isTold: Bool = true) -> BacklogWatch {
        var watch = BacklogWatch([pool])
        watch.linkUp(isTold: isTold, at: start)
        return watch
    }

    @Test func `each pool is looked at once Redis answers, and then not until a push`() {
        var watch = Self.connected()
        #expect(watch.next(at: Self.start) == Self.pool)
        watch.looked(Self.pool, found: false, at: Self.start)
        #expect(watch.nextDue == nil)
        watch.changed("other", at: Self.start)
        #expect(watch.nextDue == nil)
        watch.changed("b", at: Self.start)
        #expect(watch.nextDue == Self.start + BacklogWatch.interval)
    }

    @Test func `while jobs wait it is looked at each second`() {
        var watch = Self.connected()
        watch.looked(Self.pool, found: true, at: Self.start)
        #expect(watch.next(at: Self.start) == nil)
        #expect(watch.nextDue == Self.start + BacklogWatch.interval)
    }

    @Test func `a server that cannot tell is asked each second`() {
        var watch = Self.connected(isTold: false)
        watch.looked(Self.pool, found: false, at: Self.start)
        #expect(watch.nextDue == Self.start + BacklogWatch.interval)
    }

    @Test func `without Redis nobody is looked at`() {
        var watch = Self.connected()
        watch.linkDown()
        #expect(watch.nextDue == nil)
    }
}
