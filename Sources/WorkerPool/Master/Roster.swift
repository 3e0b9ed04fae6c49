import RQ

/// Which settings each pool and each stable of the master has; the master's numbers for them.
struct Roster: Equatable, Sendable {
    /// What a stable is started with.
    struct StableSettings: Equatable, Sendable {
        /// The interpreter and what it loads.
        let python: PythonConfiguration
        /// What jobs find when they ask for a connection.
        let redis: RedisConfiguration
        /// Whose rights it has.
        let account: JobAccount
        /// Whether horses are forked from it, or started.
        let isolation: Isolation
        /// The pools that it was made for, for its title: `web+mail`.
        var poolNames: String
        /// Whether it calls `on_start`; one that is started in place of another does not.
        var callsOnStart = true
    }

    /// By number: a pool's settings, as its next workers get them.
    var pools: [PoolConfiguration] = []
    /// By number.
    var stables: [StableSettings] = []
    /// By pool number: the number of the stable that its horses come from; nil where jobs need none.
    var stableOfPool: [Int?] = []
    /// The numbers of the configured pools, in the order in which they are shown.
    var order: [Int] = []

    private let host: String

    /// Numbers the pools in their order; those with the same interpreter and rights share a stable.
    ///
    /// - Parameters:
    ///   - pools: as configured.
    ///   - redis: for the jobs.
    ///   - host: this machine's name.
    init(_ pools: [PoolConfiguration], redis: RedisConfiguration, host: String) {
        self.host = host
        for pool in pools {
            self.pools.append(pool)
            guard pool.hostedClass == nil else {
                stableOfPool.append(nil)
                continue
            }
            let redis = redis.forJobs(of: pool)
            let known = stables.firstIndex {
                $0.python == pool.python && $0.account == pool.account && $0.redis == redis
                    && $0.isolation == pool.isolation
            }
            stableOfPool.append(known ?? stables.count)
            if let known {
                stables[known].poolNames += "+\(pool.name)"
            } else {
                stables.append(
                    StableSettings(
                        python: pool.python, redis: redis, account: pool.account,
                        isolation: pool.isolation, poolNames: pool.name))
            }
        }
        order = Array(pools.indices)
    }

    /// The number of the configured pool with this name.
    func pool(named name: String) -> Int? { order.first { pools[$0].name == name } }

    /// For titles and the log: `default/0`.
    func label(_ slot: MasterSlot) -> String { "\(pools[slot.pool].name)/\(slot.number)" }

    /// The name that a slot's workers register under.
    func workerName(_ slot: MasterSlot) -> String {
        let name = pools[slot.pool].workerName(
            host: host, slot: slot.number, unique: Self.unique)
        return slot.hasOwnName ? Self.ownName(name) : name
    }

    /// The name of a worker whose own is another's.
    ///
    /// - Parameter name: that which the configuration gives.
    /// - Returns: one that only this start of the service has; of at most 255 bytes.
    static func ownName(_ name: String) -> String { "\(name.prefix(246)).\(unique)" }

    /// Eight hexadecimal digits that no other start of a service has.
    private static let unique = String(RandomID.hexadecimal().description.prefix(8))

    /// The pools, as the master decides about them.
    var masterPools: [MasterPool] { pools.indices.map(masterPool) }

    /// A pool, as the master decides about it.
    func masterPool(_ number: Int) -> MasterPool {
        MasterPool(
            wanted: pools[number].workers, stable: stableOfPool[number],
            stopTimeout: pools[number].stopTimeout, killGrace: pools[number].killGrace,
            scaling: pools[number].maxWorkers.map {
                PoolScaling(
                    least: pools[number].workers, most: $0, upAfter: pools[number].scaleUpAfter,
                    ignoresPressure: pools[number].scaleUnderPressure,
                    downAfter: pools[number].scaleDownAfter)
            })
    }

    /// The stables, as the master decides about them.
    var masterStables: [MasterStable] { stables.indices.map(masterStable) }

    /// A stable, as the master decides about it.
    func masterStable(_ number: Int) -> MasterStable {
        MasterStable(interpreter: stables[number].python.interpreter)
    }
}
