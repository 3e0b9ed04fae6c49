import Testing

@testable import WorkerPool

@Suite struct MonotonicTimeTests {
    @Test func `time does not go backwards`() {
        let first = MonotonicTime.now()
        #expect(MonotonicTime.now() >= first)
    }

    @Test func `adding a span and subtracting the moment gives the span back`() {
        let start = MonotonicTime(nanoseconds: 5_000_000_000)
        #expect((start + .milliseconds(1_500)) - start == .milliseconds(1_500))
        #expect((start + .seconds(-2)) - start == .seconds(-2))
    }

    @Test func `a moment stays within the clock's range`() {
        let late = MonotonicTime(nanoseconds: .max - 1)
        #expect(late + .seconds(10) == MonotonicTime(nanoseconds: .max))
        let early = MonotonicTime(nanoseconds: 1)
        #expect(early + .seconds(-10) == MonotonicTime(nanoseconds: 0))
    }

    @Test(arguments: [
        (Duration.nanoseconds(1), Int64(1)),
        (.seconds(-3), -3_000_000_000),
        (.milliseconds(2), 2_000_000),
        (.seconds(Int64.max), Int64.max),
        (.seconds(Int64.min), Int64.min),
    ])
    func `a span is counted in whole nanoseconds`(span: Duration, expected: Int64) {
        #expect(span.wholeNanoseconds == expected)
    }
}
