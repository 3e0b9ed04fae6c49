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

    /// Why it could not load the application, as it said itself; "" for nothing.
    private(set) var failure = ""
    /// How long it has been loading and where it is, once that takes long; "" for nothing.
    private(set) var slowness = ""
    /// What makes forking its application unsafe.
    private(set) var hazards: [ForkHazard] = []
    /// Nil once the application is loaded, or where nobody listens.
    private var loading: LoadingPace?

    /// Since when requests of workers lie in its socket.
    private var unanswered: MonotonicTime?
    /// When its socket is to be looked at again; nil while there is no reason.
    private var nextLook: MonotonicTime?

    /// How long a stable that sleeps may leave requests in its socket.
    static let answerDeadline = Duration.seconds(2)
    /// How long one that works may: forking a large application takes its time.
    static let workDeadline = Duration.seconds(60)

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
        case .up(_, let since):
            [backoff.failures > 0 ? since + Self.wellAfter : nil, loading?.look, nextLook]
                .compactMap(\.self).min()
        case .ordered, .over: nil
        }
    }

    /// What an operator should know, "" for nothing.
    var complaint: String {
        if !slowness.isEmpty { return slowness }
        guard let lastEnding else { return "" }
        return failure.isEmpty ? "\(interpreter) ended: \(lastEnding)" : failure
    }

    /// It is to be started.
    mutating func ordered() {
        life = .ordered
        isUntouched = false
    }

    /// It was forked.
    mutating func started(pid: Int32, at now: MonotonicTime) {
        precondition(life == .ordered, "a stable is ordered before it is started")
        (unanswered, nextLook) = (nil, nil)
        life = .up(pid: pid, since: now)
    }

    /// It tells how the loading goes.
    mutating func beginLoading(at now: MonotonicTime) {
        hazards = []
        loading = LoadingPace(since: now)
    }

    /// Whether it is still to tell that it has loaded the application.
    var isLoading: Bool { loading != nil }

    /// Its application can be forked, but is not safe to.
    mutating func found(_ hazards: [ForkHazard]) { self.hazards = hazards }

    /// It has loaded the application.
    mutating func endLoading() { (loading, slowness) = (nil, "") }

    /// What is to be done because the loading takes long; nil for nothing.
    ///
    /// - Returns: true to ask it where it is, false to look at the answer.
    mutating func lookIfDue(at now: MonotonicTime) -> Bool? {
        pid == nil ? nil : loading?.lookIfDue(at: now)
    }

    /// The loading takes long.
    ///
    /// - Returns: how long, in whole seconds; nil where nobody listens.
    mutating func isSlow(_ subject: String, _ place: String, at now: MonotonicTime) -> Int64? {
        guard let loading else { return nil }
        let seconds = (now - loading.since).components.seconds
        slowness =
            "\(subject) is not loaded after \(seconds) s" + (place.isEmpty ? "" : ": \(place)")
        return seconds
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
    mutating func ended(
        _ ending: Ending?, failure: String = "", at now: MonotonicTime, jitter: Double
    ) {
        endLoading()
        guard !isDismissed && !isOnTrial else {
            life = .over
            return
        }
        recoverIfWell(at: now)
        (lastEnding, self.failure) = (ending, failure)
        life = .down(until: now + backoff.failed(jitter: jitter))
    }

    /// Its socket was looked at.
    ///
    /// Loading an application may take any time.
    mutating func looked(_ look: StableLook, at now: MonotonicTime) -> StableVerdict {
        guard case .up = life else { return .fine }
        nextLook = nil
        guard look.isReady else { return .fine }
        guard look.hasRequests else {
            unanswered = nil
            return .fine
        }
        let start = unanswered ?? now
        unanswered = start
        let limit = look.isWorking ? Self.workDeadline : Self.answerDeadline
        guard now - start >= limit else {
            nextLook = now + .milliseconds(500)
            return .fine
        }
        unanswered = nil
        return .hung
    }

    /// There will be no other.
    mutating func close() { life = .over }

    /// Forgets earlier failures once it has proved itself.
    mutating func recoverIfWell(at now: MonotonicTime) {
        guard case .up(_, let since) = life, since + Self.wellAfter <= now else { return }
        backoff.recovered()
        (lastEnding, failure) = (nil, "")
    }

    /// It is to be started, if its time has come.
    mutating func orderIfDue(at now: MonotonicTime) -> Bool {
        guard case .down(let until) = life, until <= now else { return false }
        life = .ordered
        return true
    }
}
