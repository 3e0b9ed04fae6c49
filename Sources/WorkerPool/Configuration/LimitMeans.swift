/// What keeps jobs within a limit.
public enum LimitMeans: String, Codable, Sendable, Equatable {
    /// The kernel, by a control group for each slot.
    case cgroup
    /// The worker, which looks every now and then.
    case sampling
    /// Nothing: it cannot be kept here.
    case none
}

/// What keeps each of a pool's limits here.
struct PoolMeans: Equatable, Sendable {
    /// What keeps `memory_max`.
    let memory: LimitMeans
    /// The limits that the pool has and that need a control group, by key.
    let all: [String: LimitMeans]

    /// Decides.
    ///
    /// - Parameters:
    ///   - pool: the pool's settings.
    ///   - controllers: what the kernel offers for the slots' groups: `memory`, `pids`, `cpu`.
    init(_ pool: PoolConfiguration, controllers: Set<String>) {
        let limits = pool.limits
        let byGroup = { (controller: String, other: LimitMeans) -> LimitMeans in
            controllers.contains(controller) ? .cgroup : other
        }
        memory = byGroup("memory", pool.hostedClass == nil ? .sampling : .none)
        var all: [String: LimitMeans] = [:]
        if limits.memoryMax != nil { all["memory_max"] = memory }
        if limits.memoryHigh != nil { all["memory_high"] = byGroup("memory", .none) }
        if limits.tasksMax != nil { all["tasks_max"] = byGroup("pids", .none) }
        if limits.cpuWeight != nil { all["cpu_weight"] = byGroup("cpu", .none) }
        self.all = all
    }
}
