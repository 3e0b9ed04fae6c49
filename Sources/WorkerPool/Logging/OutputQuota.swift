/// How many lines of its jobs' output a worker still logs: pure.
///
/// Counts in spans of ten seconds from the first line on. What is dropped is counted, and told once
/// for each span and at the job's end.
struct OutputQuota {
    /// The span that the limit is for.
    static let span: Duration = .seconds(10)

    /// What to do with a line.
    struct Verdict: Equatable {
        /// Whether the line is logged.
        let isLogged: Bool
        /// How many lines were dropped in the span that is over; to be told first.
        let dropped: Int
    }

    /// The most lines in a span; nil for no limit.
    private let limit: Int?
    private var end: MonotonicTime?
    private var logged = 0
    private var dropped = 0

    /// A quota of which nothing is used.
    ///
    /// - Parameter limit: the most lines in a span; nil for no limit.
    init(limit: Int?) { self.limit = limit }

    /// Whether there is a limit at all.
    var isLimited: Bool { limit != nil }

    /// So much of a line counts once: neither short lines nor long ones fill the disk.
    static let unitBytes = 4096

    /// A line came.
    ///
    /// - Parameters:
    ///   - bytes: how long it is.
    ///   - now: the present moment.
    /// - Returns: what to do with it.
    mutating func take(_ bytes: Int, at now: MonotonicTime) -> Verdict {
        guard let limit else { return Verdict(isLogged: true, dropped: 0) }
        var told = 0
        if end.map({ now >= $0 }) ?? true {
            told = takeDropped()
            end = now + Self.span
            logged = 0
        }
        guard logged < limit else {
            dropped += 1
            return Verdict(isLogged: false, dropped: told)
        }
        logged += max(1, (bytes + Self.unitBytes - 1) / Self.unitBytes)
        return Verdict(isLogged: true, dropped: told)
    }

    /// The job has ended: how many of its lines were dropped and not told yet.
    mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }
}
