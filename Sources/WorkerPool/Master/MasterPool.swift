/// One pool, as the master decides about it.
struct MasterPool: Sendable {
    /// How many workers it is to have.
    var wanted: Int
    /// The number of the stable that its workers get their horses from; nil where jobs need none.
    var stable: Int?
    /// How long a warm stop may take before it is a cold one.
    var stopTimeout: Duration
    /// How long a horse has between the soft signal and the kill.
    var killGrace: Duration
    /// Whether its workers take no jobs until somebody says so.
    var isPaused = false
    /// Whether it is in the configuration no more; its workers leave.
    var isGone = false

    /// Between how many workers it scales by itself; nil for one that does not.
    var scaling: PoolScaling?
    /// Since when it has had more workers than it needs.
    var calmSince: MonotonicTime?

    /// Whether it scales by itself now.
    var isScaling: Bool { scaling != nil && !isPaused && !isGone }

    /// The most workers that a pool may have.
    static let mostWorkers = 4096

    /// Takes new settings; its number of workers stays unless another one is given.
    mutating func take(_ new: MasterPool, workers: Int?) {
        let (wanted, isPaused) = (self.wanted, self.isPaused)
        let wasScaling = scaling != nil
        self = new
        self.isPaused = isPaused
        if let scaling {
            self.wanted = min(max(wanted, scaling.least), scaling.most)
        } else if !wasScaling {
            self.wanted = workers ?? wanted
        }
    }
}

/// What slots that are no more have done, for the sums.
struct MasterPast: Equatable, Sendable, Codable {
    /// Workers that were started in the place of one that ended.
    var restarts = 0
    /// Jobs that returned.
    var succeeded: UInt64 = 0
    /// Jobs that failed.
    var failed: UInt64 = 0
}
