/// What the scheduler process does besides the workers' work.
public struct SchedulerConfiguration: Sendable, Equatable {
    /// Whether jobs that are due are moved to their queues.
    ///
    /// Source: RQ 3.0.0, `rq worker --with-scheduler`.
    public var enabled: Bool
    /// Whether what dead workers left behind is looked for and put in order.
    public var maintenance: Bool
    /// How often everything is looked after; the most urgent is looked at more often.
    ///
    /// Source: RQ 3.0.0, `rq worker --maintenance-interval`.
    public var maintenanceInterval: Duration

    /// Makes a scheduler configuration; without arguments, everything every ten minutes.
    public init(
        enabled: Bool = true, maintenance: Bool = true,
        maintenanceInterval: Duration = .seconds(600)
    ) {
        self.enabled = enabled
        self.maintenance = maintenance
        self.maintenanceInterval = maintenanceInterval
    }

    /// Whether there is anything for a scheduler process to do.
    var isWanted: Bool { enabled || maintenance }
}
