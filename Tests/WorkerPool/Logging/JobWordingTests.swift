import Testing

@testable import WorkerPool

struct JobWordingTests {
    @Test(arguments: [
        (Duration.microseconds(900), "0 ms"), (.milliseconds(12), "12 ms"),
        (.milliseconds(1290), "1.2 s"), (.milliseconds(59_999), "59.9 s"),
        (.seconds(200), "3 min 20 s"), (.seconds(7325), "2 h 2 min"), (.seconds(-1), "0 ms"),
    ])
    func `a span is shown in the unit that a reader wants`(span: Duration, text: String) {
        #expect(JobWording.span(span) == text)
    }

    @Test(arguments: [
        (Duration.microseconds(12_345), "0:00:00.012345"), (.seconds(3661), "1:01:01"),
        (.seconds(86_400), "1 day, 0:00:00"),
        (.milliseconds(180_122_500), "2 days, 2:02:02.500000"),
    ])
    func `the classic span is Python's`(span: Duration, text: String) {
        #expect(JobWording.timedelta(span) == text)
    }

    @Test func `a span for programs has three decimals`() {
        #expect(JobWording.seconds(.milliseconds(1_005)) == "1.005")
        #expect(JobWording.seconds(.zero) == "0.000")
    }

    @Test(arguments: [
        (UInt64(4096), "4 KiB"), (23 << 20, "23 MiB"), (3 << 29, "1.5 GiB"),
    ])
    func `a size is shown in the unit that a reader wants`(bytes: UInt64, text: String) {
        #expect(JobWording.size(bytes: bytes) == text)
    }

    @Test(arguments: [
        (500, "Result is kept for 500 seconds"), (0, "Result is discarded at once"),
        (-1, "Result is kept for ever, delete its key when it is no longer needed"),
    ])
    func `the fate of a result is said`(ttl: Int, text: String) {
        #expect(JobWording.fate(resultTTL: ttl) == text)
    }
}
