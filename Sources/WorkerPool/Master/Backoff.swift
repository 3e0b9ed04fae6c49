/// How long to wait before something that failed is tried again.
///
/// The first failure costs nothing. The second one waits 100 ms, each further
/// one twice as long, up to 20 s; jitter makes that half to one and a half of
/// it, so that it is never more than 30 s and many failures do not fall into step.
struct Backoff: Equatable, Sendable {
    /// Failures since the last time all was well.
    private(set) var failures = 0

    /// The wait after the second failure, before jitter.
    static let shortest = Duration.milliseconds(100)
    /// The longest wait before jitter.
    static let longest = Duration.seconds(20)

    /// Whether it failed so often that an operator should know.
    var isPersistent: Bool { failures >= 3 }

    /// Counts a failure.
    ///
    /// - Parameter jitter: a random number, 0 to 1.
    /// - Returns: how long to wait before the next try.
    mutating func failed(jitter: Double) -> Duration {
        failures += 1
        guard failures > 1 else { return .zero }
        // Past 2^10 the longest wait is reached, whatever the exponent.
        let doublings = min(failures - 2, 10)
        let wait = min(Self.shortest * (1 << doublings), Self.longest)
        return wait * (0.5 + min(max(jitter, 0), 1))
    }

    /// All is well: the next failure is the first again.
    mutating func recovered() { failures = 0 }
}
