import Testing

@testable import WorkerPool

@Suite struct DurationTextTests {
    static let readable: [(String, Duration)] = [
        ("30", .seconds(30)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
        ("1d", .seconds(86_400)), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)),
        ("1h 30m", .seconds(5400)), ("0", .zero), ("0s", .zero),
    ]

    @Test(arguments: readable)
    func `a number with a unit is a duration`(text: String, expected: Duration) {
        #expect(DurationText.duration(text) == expected)
    }

    @Test(arguments: [
        "", " ", "s", "five minutes", "5 parsecs", "-3s", "1.5h", "5M", "1e3s", "5m-1s", "٣s",
        "99999999999999999999s", "9223372036854775807d",
    ])
    func `anything else is no duration`(text: String) {
        #expect(DurationText.duration(text) == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.seconds(420), "7m"), (.seconds(30), "30s"),
        (.milliseconds(1500), "1s500ms"), (.seconds(90_061), "1d1h1m1s"),
    ])
    func `a duration is written with exact units and read back as the same`(
        duration: Duration, text: String
    ) {
        #expect(DurationText.text(duration) == text)
        #expect(DurationText.duration(text) == duration)
    }
}
