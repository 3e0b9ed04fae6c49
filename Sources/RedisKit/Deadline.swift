import Glibc

/// The instant by which something must have happened, on the monotonic clock; or never.
struct Deadline {
    /// How long was given; nil for ever.
    let allowed: Duration?
    /// Nanoseconds of the monotonic clock at which the time is up.
    private let end: UInt64?

    /// Starts the clock.
    ///
    /// - Parameter allowed: how long is given from now on; nil for ever.
    init(in allowed: Duration?) {
        self.allowed = allowed
        end = allowed.map { Self.now() &+ UInt64(max(0, Self.nanoseconds($0))) }
    }

    /// What `poll` takes: milliseconds, rounded up; 0 when the time is up; -1 for ever.
    var pollTimeout: Int32 {
        guard let end else { return -1 }
        let now = Self.now()
        guard end > now else { return 0 }
        return Int32(clamping: (end - now + 999_999) / 1_000_000)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A span in nanoseconds; at most 100 years of them.
    private static func nanoseconds(_ span: Duration) -> Int64 {
        let seconds = min(span.components.seconds, 3_155_760_000)
        return seconds * 1_000_000_000 + span.components.attoseconds / 1_000_000_000
    }
}
