/// Which settings each pool and each stable of the master has; the master's numbers for them.
struct Roster: Equatable, Sendable {
    /// What a stable is started with.
    struct StableSettings: Equatable, Hashable, Sendable {
        /// The interpreter and what it loads.
        let python: PythonConfiguration
        /// The pools that it was made for, for its title: `web+mail`.
        var poolNames: String
    }

    /// By number: a pool's settings, as its next workers get them.
    private(set) var pools: [PoolConfiguration] = []
    /// By number.
    private(set) var stables: [StableSettings] = []
    /// By pool number: the number of the stable that its horses come from; nil where jobs need none.
    private(set) var stableOfPool: [Int?] = []

    private let host: String

    /// Numbers the pools in their order; those with the same Python settings share a stable.
    ///
    /// - Parameters:
    ///   - pools: as configured.
    ///   - host: this machine's name.
    init(_ pools: [PoolConfiguration], host: String) {
        self.host = host
        for pool in pools {
            self.pools.append(pool)
            guard pool.hostedClass == nil else {
                stableOfPool.append(nil)
                continue
            }
            let known = stables.firstIndex { $0.python == pool.python }
            stableOfPool.append(known ?? stables.count)
            if let known {
                stables[known].poolNames += "+\(pool.name)"
            } else {
                stables.append(StableSettings(python: pool.python, poolNames: pool.name))
            }
        }
    }

    /// The numbers of the pools, in the order in which they are shown.
    var order: [Int] { Array(pools.indices) }

    /// The number of the pool with this name.
    func pool(named name: String) -> Int? { pools.firstIndex { $0.name == name } }

    /// For titles and the log: `default/0`.
    func label(_ slot: MasterSlot) -> String { "\(pools[slot.pool].name)/\(slot.number)" }

    /// The name that a slot's workers register under.
    func workerName(_ slot: MasterSlot) -> String {
        pools[slot.pool].workerName(host: host, slot: slot.number)
    }

    /// The pools, as the master decides about them.
    var masterPools: [MasterPool] {
        zip(pools, stableOfPool).map { pool, stable in
            MasterPool(
                wanted: pool.workers, stable: stable, stopTimeout: pool.stopTimeout,
                killGrace: pool.killGrace)
        }
    }

    /// The stables, as the master decides about them.
    var masterStables: [MasterStable] {
        stables.map { MasterStable(interpreter: $0.python.interpreter) }
    }
}
