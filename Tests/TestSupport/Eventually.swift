import Glibc

/// Waits for a condition that no event announces, by asking again every millisecond or so.
///
/// - Parameters:
///   - what: the condition, as the error names it.
///   - limit: how long it may take.
///   - condition: asked until it is true.
/// - Throws: what `condition` throws; a `HarnessError` when the time is up.
public func eventually(
    _ what: String = "the condition", within limit: Duration = .seconds(10),
    _ condition: () throws -> Bool
) throws {
    let watch = Stopwatch()
    var pause: Int32 = 1
    while try !condition() {
        guard watch.elapsed < limit else {
            throw HarnessError("\(what): not within \(limit)")
        }
        poll(nil, 0, pause)
        pause = min(pause * 2, 20)
    }
}

/// Measures time on the monotonic clock.
public struct Stopwatch: Sendable {
    private let start: Duration

    /// Starts.
    public init() { start = Self.now() }

    /// The time since the start.
    public var elapsed: Duration { Self.now() - start }

    private static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, as `poll` takes them; never below 0.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        let rounded = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, seconds * 1000 + rounded))
    }
}
