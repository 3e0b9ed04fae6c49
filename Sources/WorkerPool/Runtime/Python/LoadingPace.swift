/// When an application that takes long to load is asked where it is, and when that is told.
struct LoadingPace: Equatable, Sendable {
    /// When the loading began.
    let since: MonotonicTime
    /// When it is to be looked at next.
    private(set) var look: MonotonicTime
    /// Whether it was asked where it is.
    private var isAsked = false

    /// An application that loads longer than this is asked where it is; then after twice as long.
    static let slowAfter = Duration.seconds(10)
    /// How long it has to answer.
    static let answerTime = Duration.milliseconds(500)

    init(since: MonotonicTime) {
        self.since = since
        look = since + Self.slowAfter
    }

    /// What is to be done because the loading takes long; nil for nothing.
    ///
    /// - Returns: true to ask it where it is, false to look at the answer.
    mutating func lookIfDue(at now: MonotonicTime) -> Bool? {
        guard look <= now else { return nil }
        isAsked.toggle()
        look = isAsked ? now + Self.answerTime : now + (now - since)
        return isAsked
    }
}
