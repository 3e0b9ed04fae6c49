import RQ

/// Why a job goes back without having failed by itself.
enum HandBackReason: Equatable {
    /// The worker that ran it died.
    case workerDied
    /// The service that ran it was killed as a whole.
    case serviceDied
    /// The slot stable died under it.
    case stableDied
    /// A stop did not wait for it.
    case stopped
    /// It was claimed while a stop was requested, and never started.
    case notStarted
    /// It was claimed, and the connection broke each time that Redis was to send it.
    case undelivered
    /// No process could be had to run it.
    case noHorse

    /// Whether the job may be what killed the process.
    var blamesJob: Bool {
        switch self {
        case .workerDied, .stableDied, .undelivered: true
        case .serviceDied, .stopped, .notStarted, .noHorse: false
        }
    }

    /// One line, kept with the job.
    var text: String {
        switch self {
        case .workerDied: "its worker died while it ran"
        case .serviceDied: "the service died while it ran"
        case .stableDied: "the interpreter it was forked from died while it ran"
        case .stopped: "the service was stopped while it ran"
        case .notStarted: "the service was stopped before it started"
        case .undelivered: "the connection to Redis broke each time that it was sent to a worker"
        case .noHorse: "no process could be forked for it in time"
        }
    }

    /// Whether the job is run again under a pool's rules; else it fails.
    func isRequeued(under pool: PoolConfiguration) -> Bool {
        switch self {
        case .workerDied, .serviceDied, .stableDied: pool.onWorkerDeath == .requeue
        case .stopped: pool.onStop == .requeue
        case .notStarted, .undelivered, .noHorse: true
        }
    }

    /// One line for a job that fails for this reason under a pool's rules.
    func failure(under pool: PoolConfiguration) -> String {
        // A job that would be run again fails for one reason only: it was so often before.
        guard isRequeued(under: pool) else { return text }
        return "\(text), \(pool.quarantineAfter) times in all (quarantine_after):"
            + " it is not run again"
    }
}

extension WorkerIdentity {
    /// Hands a job back under a pool's rules, now; with `holder`, only while that has the name.
    func handBack(
        _ execution: ExecutionID, _ reason: HandBackReason, under pool: PoolConfiguration,
        heldBy holder: String? = nil
    ) -> ScriptRequest {
        handBack(
            execution, at: .now(), requeue: reason.isRequeued(under: pool), reason: reason.text,
            failure: reason.failure(under: pool), blamesJob: reason.blamesJob,
            quarantineAfter: pool.quarantineAfter, holder: holder)
    }
}
