/// How the process of a slot decides about the worker of RQ's own that it hosts.
///
/// Events in, actions out; it reads no clock. RQ's worker is told to stop by SIGTERM; a second
/// one makes it break off, but it takes no second one within a second of the first.
struct HostedState: Equatable {
    private enum Stop: Int { case none, retiring, warm, cold, killed }

    private let stopTimeout: Duration
    private let killGrace: Duration
    private let isBurst: Bool
    private var stop = Stop.none
    private var isRunning = false
    /// Whether RQ's worker would take a second signal for what it is.
    private var canInsist = false

    /// Whether the interpreter has made the worker.
    private var hasLoaded = false
    /// When it is told next that it has not.
    private var loading = Self.loadingIsTold

    /// Loading an application may take any time; after this it is told, and each time it doubles.
    static let loadingIsTold = Duration.seconds(60)

    /// How long RQ's worker takes a second signal for an echo of the first.
    ///
    /// Source: RQ 3.0, `BaseWorker.request_force_stop`: one second.
    static let echo = Duration.milliseconds(1100)

    /// Nothing runs yet.
    init(stopTimeout: Duration, killGrace: Duration, isBurst: Bool) {
        self.stopTimeout = stopTimeout
        self.killGrace = killGrace
        self.isBurst = isBurst
    }

    /// Whether it was told to stop.
    var isStopping: Bool { stop != .none }

    /// Decides what comes of an event.
    mutating func handle(_ event: HostedEvent) -> [HostedAction] {
        switch event {
        case .named:
            isRunning = true
            return [.start, .arm(.loading, Self.loadingIsTold)]
        case .loaded:
            hasLoaded = true
            return []
        case .stopRequested(let kind): return asked(kind)
        case .due(let timer): return due(timer)
        case .ended(let leave): return ended(leave)
        }
    }

    private mutating func asked(_ kind: StopKind) -> [HostedAction] {
        guard isRunning else { return [.leave(WorkerExit.finished)] }
        switch (stop, kind) {
        case (.none, .warm):
            stop = .warm
            return [.terminate, .arm(.echo, Self.echo), .arm(.stop, stopTimeout)]
        case (.none, .cold):
            stop = .cold
            return [.terminate, .arm(.echo, Self.echo)]
        case (.none, .retire):
            stop = .retiring
            return [.terminate, .arm(.echo, Self.echo)]
        case (.retiring, .warm):
            stop = .warm
            return [.arm(.stop, stopTimeout)]
        case (.retiring, .cold), (.warm, .cold): return breakOff()
        case (.retiring, .retire), (.warm, .warm), (.warm, .retire), (.cold, _), (.killed, _):
            return []
        }
    }

    private mutating func breakOff() -> [HostedAction] {
        stop = .cold
        return canInsist ? [.terminate, .arm(.kill, killGrace)] : []
    }

    private mutating func due(_ timer: HostedTimer) -> [HostedAction] {
        guard isRunning else { return [] }
        switch timer {
        case .loading:
            guard !hasLoaded else { return [] }
            loading = loading * 2
            return [.tellLoading(loading / 2), .arm(.loading, loading / 2)]
        case .echo:
            canInsist = true
            return stop == .cold ? breakOff() : []
        case .stop: return stop == .warm ? breakOff() : []
        case .kill:
            stop = .killed
            return [.kill]
        }
    }

    private mutating func ended(_ leave: HostedLeave) -> [HostedAction] {
        isRunning = false
        if isStopping { return [.bury(.stopped), .leave(WorkerExit.finished)] }
        let status =
            switch leave {
            case .empty: isBurst ? WorkerExit.finished : WorkerExit.failed
            case .idle, .maxJobs: WorkerExit.wantsSuccessor
            // Somebody else told RQ's worker to stop, a command for example.
            case .stopped: WorkerExit.wantsSuccessor
            case .unexpected: WorkerExit.failed
            case .cannot: WorkerExit.refused
            }
        return [.bury(.workerDied), .leave(status)]
    }
}

/// What happens to the process of a slot with a hosted worker.
enum HostedEvent: Equatable {
    /// The worker's name is its own now, and what an earlier one had left is in order.
    case named
    /// The interpreter has loaded the application and made RQ's worker.
    case loaded
    /// Somebody wants it to stop.
    case stopRequested(StopKind)
    /// The time of a timer has come.
    case due(HostedTimer)
    /// The interpreter has ended.
    case ended(HostedLeave)
}

/// What the process of a slot with a hosted worker does.
enum HostedAction: Equatable {
    /// Start the interpreter.
    case start
    /// Log that the application is still being loaded, after so long.
    case tellLoading(Duration)
    /// Tell RQ's worker to stop: the first time warmly, the second time coldly.
    case terminate
    /// Kill the interpreter.
    case kill
    /// Have a timer fire once, so long from now.
    case arm(HostedTimer, Duration)
    /// Make sure that nothing runs any more, and settle what is left of jobs.
    case bury(HandBackReason)
    /// End with this status.
    case leave(Int32)
}

/// The timers of the process of a slot with a hosted worker.
enum HostedTimer: CaseIterable {
    /// The application has been loading for long.
    case loading
    /// RQ's worker would take a second signal for an echo of the first.
    case echo
    /// A warm stop has lasted long enough.
    case stop
    /// A cold stop has.
    case kill
}

/// Why `work()` has returned, as the interpreter says.
enum HostedLeave: String, Equatable {
    /// The queues were empty, in burst mode.
    case empty = "burst"
    /// Nothing was to be done for as long as it was to wait.
    case idle
    /// It has run as many jobs as it may.
    case maxJobs = "max_jobs"
    /// It was told to.
    case stopped
    /// It was never called: the application or the class cannot be loaded.
    case cannot
    /// For a failure of its own; or it ended without a word.
    case unexpected
}
