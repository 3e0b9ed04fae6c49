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

    /// The program it runs, for the complaint.
    let interpreter: String

    private(set) var life = Life.over
    private(set) var backoff = Backoff()
    /// How the last one ended, if that is what keeps workers waiting.
    private(set) var lastEnding: Ending?

    /// A stable that was up this long is taken to be well.
    static let wellAfter = Duration.seconds(10)

    init(interpreter: String) { self.interpreter = interpreter }

    /// One that another program has started.
    init(_ handed: Handover.Stable, at now: MonotonicTime) {
        interpreter = handed.interpreter
        isUntouched = false
        isDismissed = handed.isVacant
        if let pid = handed.pid { life = .up(pid: pid, since: now) }
    }

    /// The present process's pid.
    var pid: Int32? {
        switch life {
        case .up(let pid, _): pid
        case .ordered, .down, .over: nil
        }
    }

    /// Whether it was never started.
    private(set) var isUntouched = true
    /// Whether it is new, and nobody relies on it yet.
    private(set) var isOnTrial = false
    /// Whether nobody needs it any more.
    private(set) var isDismissed = false

    /// Whether it is gone for good, and its number is free.
    var isVacant: Bool { isDismissed && life == .over }

    /// When the next one is to be started, or the present one has proved itself.
    var nextDue: MonotonicTime? {
        switch life {
        case .down(let until): until
        case .up(_, let since): backoff.failures > 0 ? since + Self.wellAfter : nil
        case .ordered, .over: nil
        }
    }

    /// What an operator should know, "" for nothing.
    var complaint: String { lastEnding.map { "\(interpreter) ended: \($0)" } ?? "" }

    /// It is to be started.
    mutating func ordered() {
        life = .ordered
        isUntouched = false
    }

    /// It was forked.
    mutating func started(pid: Int32, at now: MonotonicTime) {
        precondition(life == .ordered, "a stable is ordered before it is started")
        life = .up(pid: pid, since: now)
    }

    /// It is new and has to show first that it works.
    mutating func beginTrial() { isOnTrial = true }

    /// It works.
    mutating func endTrial() { isOnTrial = false }

    /// Nobody needs it any more.
    ///
    /// - Returns: whom to end.
    mutating func dismiss() -> Int32? {
        isDismissed = true
        isOnTrial = false
        if pid == nil { life = .over }
        return pid
    }

    /// It ended, or could not be forked; another one follows.
    mutating func ended(_ ending: Ending?, at now: MonotonicTime, jitter: Double) {
        guard !isDismissed && !isOnTrial else {
            life = .over
            return
        }
        recoverIfWell(at: now)
        lastEnding = ending
        life = .down(until: now + backoff.failed(jitter: jitter))
    }

    /// There will be no other.
    mutating func close() { life = .over }

    /// Forgets earlier failures once it has proved itself.
    mutating func recoverIfWell(at now: MonotonicTime) {
        guard case .up(_, let since) = life, since + Self.wellAfter <= now else { return }
        backoff.recovered()
        lastEnding = nil
    }

    /// It is to be started, if its time has come.
    mutating func orderIfDue(at now: MonotonicTime) -> Bool {
        guard case .down(let until) = life, until <= now else { return false }
        life = .ordered
        return true
    }
}
