/// What a worker says it is doing.
enum SlotState: UInt64, Sendable, CaseIterable {
    /// No worker was ever started here, or the slot is not used any more.
    case vacant
    /// Forked; nothing done yet.
    case starting
    /// Trying to reach Redis.
    case connecting
    /// Waiting for the interpreter that its jobs are forked from.
    case waitingForStable
    /// Registered and waiting for a job.
    case idle
    /// A job runs.
    case busy
    /// Handing in an outcome, its own or its predecessor's.
    case settling
    /// Waiting for `rq resume`.
    case suspended
    /// Waiting for `rqd resume POOL`.
    case paused
    /// Told to stop.
    case stopping
    /// Something keeps it from working; the record's complaint says what.
    case failing
    /// Ended.
    case gone
    /// Waiting for a process to run jobs in, which its slot stable owes; takes no jobs.
    case waitingForHorse
    /// Waiting for a process to run jobs in, which loads the application; takes no jobs.
    case waitingForImport

    /// Whether a worker that says so has registered and has paid its predecessor's debts.
    var provesRegistration: Bool {
        switch self {
        case .idle, .busy, .suspended, .paused, .waitingForHorse, .waitingForImport: true
        case .vacant, .starting, .connecting, .waitingForStable, .settling, .stopping, .failing,
            .gone:
            false
        }
    }

    /// Whether a registered worker that says so is at work, or could be.
    ///
    /// The service's status, `rqd status` and the title count by this.
    var isPresent: Bool {
        switch self {
        case .idle, .busy, .settling, .suspended, .paused, .waitingForHorse, .waitingForImport: true
        case .vacant, .starting, .connecting, .waitingForStable, .stopping, .failing, .gone: false
        }
    }

    /// The state as `ps` and `rqd status` show it.
    var word: String {
        switch self {
        case .waitingForStable: "waiting-for-python"
        case .waitingForHorse: "waiting-for-fork"
        case .waitingForImport: "waiting-for-import"
        case .vacant, .starting, .connecting, .idle, .busy, .settling, .suspended, .paused,
            .stopping, .failing, .gone:
            "\(self)"
        }
    }
}
