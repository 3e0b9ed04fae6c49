/// The scheduler process, as the master decides about it.
struct MasterScheduler: Sendable {
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

    /// Whether it ends by itself when everything is done once, and workers wait for that.
    let runsOnce: Bool

    private(set) var life = Life.over
    private(set) var backoff = Backoff()
    private var isAskedToEnd = false
    /// Whether another one follows the present one at once.
    private var isReplaced = false

    /// One that was up this long is taken to be well.
    static let wellAfter = Duration.seconds(10)

    init(runsOnce: Bool) { self.runsOnce = runsOnce }

    /// One that another program has started.
    init(pid: Int32, at now: MonotonicTime) {
        runsOnce = false
        life = .up(pid: pid, since: now)
    }

    /// The present process's pid.
    var pid: Int32? {
        switch life {
        case .up(let pid, _): pid
        case .ordered, .down, .over: nil
        }
    }

    /// What has become of it, if it does not run although it is wanted; nil otherwise.
    var trouble: String? {
        switch life {
        case .down: backoff.isPersistent ? "failing" : "restarting"
        case .ordered, .up, .over: nil
        }
    }

    /// What it is, in a word: `running`, `restarting`, `failing` or `ended`.
    var word: String {
        switch life {
        case .ordered, .up: "running"
        case .down: trouble ?? "restarting"
        case .over: "ended"
        }
    }

    /// When the next one is to be started, or the present one has proved itself.
    var nextDue: MonotonicTime? {
        switch life {
        case .down(let until): until
        case .up(_, let since): backoff.failures > 0 ? since + Self.wellAfter : nil
        case .ordered, .over: nil
        }
    }

    /// It is to be started.
    mutating func ordered() { life = .ordered }

    /// It was forked.
    mutating func started(pid: Int32, at now: MonotonicTime) {
        precondition(life == .ordered, "a scheduler is ordered before it is started")
        life = .up(pid: pid, since: now)
    }

    /// It ended, or could not be forked; another one follows, unless once was enough.
    mutating func ended(at now: MonotonicTime, jitter: Double) {
        recoverIfWell(at: now)
        if isReplaced {
            isReplaced = false
            life = .down(until: now)
        } else {
            let isOver = runsOnce || isAskedToEnd
            life = isOver ? .over : .down(until: now + backoff.failed(jitter: jitter))
        }
    }

    /// There will be no other.
    mutating func close() { life = .over }

    /// Another one, with other settings, is to take its place.
    ///
    /// - Returns: whom to ask to end; nobody if it does not run or was asked already.
    mutating func replace() -> Int32? {
        guard let pid else { return nil }
        defer { (isReplaced, isAskedToEnd) = (true, false) }
        return isAskedToEnd || isReplaced ? nil : pid
    }

    /// Whom to ask to end: nobody if it does not run or has been asked.
    mutating func askToEnd() -> Int32? {
        guard let pid else {
            life = .over
            return nil
        }
        defer { (isReplaced, isAskedToEnd) = (false, true) }
        return isAskedToEnd || isReplaced ? nil : pid
    }

    /// Forgets earlier failures once it has proved itself.
    mutating func recoverIfWell(at now: MonotonicTime) {
        guard case .up(_, let since) = life, since + Self.wellAfter <= now else { return }
        backoff.recovered()
    }

    /// It is to be started, if its time has come.
    mutating func orderIfDue(at now: MonotonicTime) -> Bool {
        guard case .down(let until) = life, until <= now else { return false }
        life = .ordered
        return true
    }
}
