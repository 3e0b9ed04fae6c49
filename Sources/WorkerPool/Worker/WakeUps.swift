/// Tells wake-ups that announce a job from those that announce nothing.
///
/// Pure. A server whose table of watched keys is full (`tracking-table-max-keys`, or clients that
/// read very many keys) reports keys as changed that are not, at once and each time: a worker that
/// looked each time would do nothing else. After many in a row it looks at an interval instead,
/// until one comes that did not follow an empty look at once.
struct WakeUps {
    private var fruitless = 0
    private var lastEmpty: MonotonicTime?

    /// So many in a row, and they are not believed.
    static let most = 20
    /// What comes sooner after an empty look is suspicious.
    static let suspicion = Duration.milliseconds(50)
    /// How often the queues are looked at then, at most.
    static let interval = Duration.milliseconds(200)

    /// Whether wake-ups are not believed.
    var areFalse: Bool { fruitless >= Self.most }

    /// A look found nothing.
    mutating func foundNothing(at now: MonotonicTime) { lastEmpty = now }

    /// A look found a job.
    mutating func foundJob() {
        fruitless = 0
        lastEmpty = nil
    }

    /// A wake-up came.
    ///
    /// - Returns: how long to wait before the look; nil for none.
    mutating func woken(at now: MonotonicTime) -> Duration? {
        let isSudden = lastEmpty.map { now - $0 < Self.suspicion } ?? false
        fruitless = isSudden ? min(fruitless + 1, Self.most) : 0
        return areFalse ? Self.interval : nil
    }
}
