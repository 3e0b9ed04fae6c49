/// One stable, as the master decides about it.
struct MasterStable: Sendable {
    /// Where it is in its life.
    enum Life: Equatable, Sendable {
        /// The order to fork it has been given.
        case ordered
        /// It runs.
        case up(pid: Int32, since: MonotonicTime)
        /// It ended; the next one is due at this moment.
        case down(until: MonotonicTime)
        /// It ended and there will be no other.
        case over
    }

    private(set) var life = Life.over
    private(set) var backoff = Backoff()
    /// How the last one ended, if that is what keeps workers waiting.
    private(set) var lastEnding: Ending?

    /// A stable that was up this long is taken to be well.
    static let wellAfter = Duration.seconds(10)

    /// The present process's pid.
    var pid: Int32? {
        switch life {
        case .up(let pid, _): pid
        case .ordered, .down, .over: nil
        }
    }

    /// When the next one is to be started.
    var nextDue: MonotonicTime? {
        switch life {
        case .down(let until): until
        case .ordered, .up, .over: nil
        }
    }

    /// It is to be started.
    mutating func ordered() { life = .ordered }

    /// It was forked.
    mutating func started(pid: Int32, at now: MonotonicTime) {
        precondition(life == .ordered, "a stable is ordered before it is started")
        life = .up(pid: pid, since: now)
    }

    /// It ended, or could not be forked; another one follows.
    mutating func ended(_ ending: Ending?, at now: MonotonicTime, jitter: Double) {
        if isWell(at: now) { backoff.recovered() }
        lastEnding = ending
        life = .down(until: now + backoff.failed(jitter: jitter))
    }

    /// There will be no other.
    mutating func close() { life = .over }

    /// What an operator should know, "" for nothing.
    func complaint(at now: MonotonicTime) -> String {
        guard let lastEnding, !isWell(at: now) else { return "" }
        return "python stable ended: \(lastEnding)"
    }

    private func isWell(at now: MonotonicTime) -> Bool {
        guard case .up(_, let since) = life else { return false }
        return now - since >= Self.wellAfter
    }
}
