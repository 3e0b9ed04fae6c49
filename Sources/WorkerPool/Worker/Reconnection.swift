/// When to try Redis again, and when to say so.
///
/// The pause doubles from 50 ms to 5 s; a line is logged at the first failure and then each time
/// about a minute has passed.
struct Reconnection: Equatable {
    private var failures = 0
    private var silence = Duration.zero

    private static let first = Duration.milliseconds(50)
    static let longest = Duration.seconds(5)

    /// True right after a failure that an operator should hear of.
    private(set) var isWorthSaying = false

    /// Counts a failure.
    ///
    /// - Parameter jitter: a factor from 0.5 to 1, so that workers do not come back all at once.
    /// - Returns: how long to wait.
    mutating func failed(jitter: Double) -> Duration {
        let doubled = Self.first * (1 << min(failures, 7))
        failures += 1
        silence += min(doubled, Self.longest)
        isWorthSaying = failures == 1 || silence >= .seconds(60)
        if isWorthSaying { silence = .zero }
        return min(doubled, Self.longest) * jitter
    }

    /// Counts a success.
    ///
    /// - Returns: true when failures went before it.
    mutating func succeeded() -> Bool {
        let hadFailed = failures > 0
        self = Reconnection()
        return hadFailed
    }
}
