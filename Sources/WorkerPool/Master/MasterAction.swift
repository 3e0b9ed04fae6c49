/// What `MasterState` wants done.
enum MasterAction: Equatable, Sendable {
    /// Fork a worker.
    case startWorker(WorkerStart)
    /// Fork a stable, by its place in the list of Python settings.
    case startStable(Int)
    /// A stable takes long to load the application: ask it where it is.
    case askStable(Int)
    /// Look at its answer.
    case hearStable(Int)
    /// Fork the scheduler.
    case startScheduler
    /// Fork the child that tries what a reload or restart asks for.
    case startCheck
    /// Fork the child that tries a new stable.
    case startCanary(stable: Int)
    /// Tell a slot's worker something.
    case tell(slot: Int, WorkerOrder)
    /// Tell a slot's worker its pool's settings.
    case tellSettings(slot: Int)
    /// Tell the log that a pool has scaled by itself: a job waited for so long, or none did.
    case scaled(pool: Int, from: Int, to: Int, waited: Duration?)
    /// A slot is no more; its record is free.
    case vacated(slot: Int)
    /// Send a signal to a child.
    case signal(pid: Int32, SignalToChild)
    /// Tell the log that a slot waits before its next worker is started.
    case postponed(slot: Int, Duration)
    /// Tell the log that a worker did not stop in time and is killed; the signal follows.
    case overdue(slot: Int)
    /// Tell the log that a worker hangs and is killed; the signal follows.
    case hung(slot: Int)
    /// Log that a stable hangs.
    case stableHangs(Int)
    /// Tell the log that a dead worker's job stays unsettled until the next start.
    case unsettled(slot: Int)
    /// Leave with this status.
    case finish(exitCode: Int32)
}

/// A worker to be forked.
struct WorkerStart: Equatable, Sendable {
    /// The slot, counted through all pools.
    let slot: Int
    /// How many workers the slot has had, this one included.
    let generation: Int
    /// The worker before, if its debts may be unpaid.
    let predecessor: Predecessor?
    /// Whether it settles what earlier masters left on this host.
    let sweepsHost: Bool
    /// Whether it only settles its predecessor's debts and then ends.
    let settlesOnly: Bool
}

/// The signals that the master sends.
enum SignalToChild: Equatable, Sendable {
    /// To a worker: finish the job, take no other. To a stable or the scheduler: end.
    case warmStop
    /// To a worker: break the job off and hand it back.
    case coldStop
    /// To any child: end now; it cannot refuse.
    case kill
}

/// The signals by which somebody asks the master to stop.
enum StopRequest: Equatable, Sendable {
    /// SIGTERM: warm; cold if it stops already.
    case terminate
    /// SIGINT: the same, from a keyboard.
    case interrupt
    /// SIGQUIT: cold at once.
    case quit
}

/// The statuses with which the master leaves.
enum MasterExit {
    /// Stopped as asked, or nothing left to do in burst mode.
    static let stopped: Int32 = 0
    /// A worker had to be killed because it did not stop, or a dead worker's job stayed unsettled.
    ///
    /// `EX_SOFTWARE` of `sysexits.h`.
    static let unclean: Int32 = 70
    /// The operating system refused what the master cannot do without.
    ///
    /// `EX_OSERR` of `sysexits.h`.
    static let system: Int32 = 71
    /// A child that tries a new program: it cannot take over from this one, but all else is right.
    ///
    /// `EX_PROTOCOL` of `sysexits.h`.
    static let incompatible: Int32 = 76
    /// Another rqd answers at the configured control socket, or the application cannot be loaded at
    /// the start; in the foreground, the worker's name is taken.
    ///
    /// `EX_CONFIG` of `sysexits.h`.
    static let configuration: Int32 = 78
}
