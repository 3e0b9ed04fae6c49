/// All that a worker is told by the master, at its birth.
///
/// Made in the master and read in the forked child; what changes later comes as a `WorkerOrder`.
struct WorkerAssignment: Sendable {
    /// The pool the worker belongs to, with the settings that hold now.
    var pool: PoolConfiguration
    /// Where Redis is.
    let redis: RedisConfiguration
    /// The place within the pool, from 0.
    let slot: Int
    /// The slot's record on the scoreboard, which this worker alone writes.
    let record: SlotRecord
    /// The name to register under.
    let name: String
    /// The name of its successor should somebody else work under that; nil if it has no other.
    let spareName: String?
    /// How many workers the slot has had, this one included.
    let generation: Int
    /// The `SOCK_SEQPACKET` end on which a copy of the stable is asked for.
    ///
    /// It is shared by all workers of the same `PythonConfiguration` and survives
    /// both them and the stable. The worker does not close it. Nil in a pool whose jobs need no
    /// stable.
    let stableControl: Int32?
    /// Whether to settle what workers of this host left behind before the master was started.
    let sweepsHost: Bool
    /// What becomes of the jobs that are found then.
    let deathRules: WorkerDeathRules
    /// The worker before this one, if its debts may be unpaid.
    let predecessor: Predecessor?
    /// Whether to settle the predecessor's debts, register nothing, and end: the master is stopping.
    let settlesOnly: Bool
    /// How often a worker of RQ's own does maintenance.
    let maintenanceInterval: Duration
    /// How a worker of RQ's own lays out its lines where it prints them itself.
    let log: LogConfiguration
    /// Whether to end when there is nothing left to do.
    let burst: Bool
    /// Whether to end, and not to wait, when a live worker has the name.
    let endsIfNameTaken: Bool
    /// The pool's number on the scoreboard.
    let poolNumber: Int
    /// The slot's place on the scoreboard.
    let place: Int
    /// The end of the socket on which the master's orders come.
    let orders: Int32
    /// Whether to take no job until the master says so.
    let isPaused: Bool
    /// The control group in which the slot's jobs run; nil where there is none.
    let group: ControlGroup?
    /// What keeps the pool's limits here.
    let means: PoolMeans
    /// For telling the master of changes.
    let scoreboard: Scoreboard
}
