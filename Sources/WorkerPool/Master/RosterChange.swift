/// What is to be changed, before any of it is done: the roster after it, and what each pool sees.
struct RosterChange: Equatable, Sendable {
    /// Numbers that nobody uses any more.
    struct Spare: Equatable, Sendable {
        /// Of pools without a slot.
        var pools: Set<Int> = []
        /// Of stables that have ended.
        var stables: Set<Int> = []
    }

    /// The roster once the change is made.
    var roster: Roster
    /// The stables that are to be tried first.
    private(set) var newStables: [Int] = []
    /// What happens to which pool; pools that stay as they are do not appear.
    private(set) var pools: [PoolChange] = []

    private var spare: Spare
    private let before: Roster

    /// What a new configuration changes.
    ///
    /// - Parameters:
    ///   - new: the pools, and the Redis of their jobs, as they are to be.
    ///   - redis: the Redis that workers talk to now.
    ///   - roster: as it is.
    ///   - spare: numbers to be used again.
    ///   - replacesAll: whether all workers are out of date, whatever they were started with.
    init(
        to new: Configuration, from redis: RedisConfiguration, _ roster: Roster, _ spare: Spare,
        replacesAll: Bool = false
    ) {
        let isMoved = replacesAll || new.redis != redis
        (self.roster, before, self.spare) = (roster, roster, spare)
        self.roster.order = []
        for pool in new.pools {
            let number = before.pool(named: pool.name)
            self.roster.order.append(
                number.map { change($0, to: pool, new.redis, isMoved: isMoved) }
                    ?? add(pool, new.redis))
        }
        pools += before.order.filter { !self.roster.order.contains($0) }.map { .removed($0) }
    }

    /// New interpreters and new workers for pools that stay as they are.
    ///
    /// Pools that shared an interpreter share the new one.
    init(restarting numbers: [Int], _ roster: Roster, _ spare: Spare) {
        (self.roster, before, self.spare) = (roster, roster, spare)
        var successors: [Int: Int] = [:]
        for number in numbers {
            if let old = before.stableOfPool[number] {
                let names = numbers.filter { before.stableOfPool[$0] == old }.map {
                    before.pools[$0].name
                }
                var settings = before.stables[old]
                settings.poolNames = names.joined(separator: "+")
                let new = successors[old] ?? place(settings)
                successors[old] = new
                self.roster.stableOfPool[number] = new
            }
            pools.append(.changed(number, workers: nil, .replacement))
        }
    }

    /// Each pool's part in words, none for one that stays as it is.
    var summary: [String] {
        pools.flatMap { change in
            switch change {
            case .added(let number): ["pool \(roster.pools[number].name) is new"]
            case .removed(let number): ["pool \(before.pools[number].name) is gone"]
            case .changed(let number, let workers, let news):
                words(before.pools[number], roster.pools[number], workers, news)
            }
        }
    }

    private func words(
        _ old: PoolConfiguration, _ new: PoolConfiguration, _ workers: Int?, _ news: PoolNews
    ) -> [String] {
        var words = workers.map { ["\(new.name) has \($0) workers, \(old.workers) before"] } ?? []
        switch news {
        case .nothing: break
        case .settings where old.queues != new.queues:
            words.append("\(new.name) serves \(new.queues.joined(separator: ", "))")
        case .settings: words.append("\(new.name) has new settings")
        case .replacement: words.append("\(new.name) has new workers")
        }
        return words
    }

    private mutating func add(_ pool: PoolConfiguration, _ redis: RedisConfiguration) -> Int {
        let stable = stable(for: pool, redis)
        let number: Int
        if let free = spare.pools.min() {
            spare.pools.remove(free)
            number = free
            roster.pools[number] = pool
            roster.stableOfPool[number] = stable
        } else {
            number = roster.pools.count
            roster.pools.append(pool)
            roster.stableOfPool.append(stable)
        }
        pools.append(.added(number))
        return number
    }

    private mutating func change(
        _ number: Int, to pool: PoolConfiguration, _ redis: RedisConfiguration, isMoved: Bool
    ) -> Int {
        let old = before.pools[number]
        let present = before.stableOfPool[number]
        let isAsItWas =
            pool.hostedClass == nil
            && present.map { fits(before.stables[$0], pool, redis) } == true
        let stable = isAsItWas ? present : self.stable(for: pool, redis)
        roster.pools[number] = pool
        roster.stableOfPool[number] = stable
        let news: PoolNews
        if stable != present || isMoved || !old.canBecome(pool) {
            news = .replacement
        } else {
            var same = old
            same.workers = pool.workers
            news = same == pool ? .nothing : .settings
        }
        let workers = old.workers == pool.workers ? nil : pool.workers
        if workers != nil || news != .nothing {
            pools.append(.changed(number, workers: workers, news))
        }
        return number
    }

    /// The stable for a pool that cannot keep its own: one that is in use, or a new one.
    private mutating func stable(
        for pool: PoolConfiguration, _ redis: RedisConfiguration
    ) -> Int? {
        guard pool.hostedClass == nil else { return nil }
        let redis = redis.forJobs(of: pool)
        let inUse = before.order.compactMap { before.stableOfPool[$0] } + newStables
        if let known = inUse.first(where: { fits(roster.stables[$0], pool, redis) }) {
            if newStables.contains(known) { roster.stables[known].poolNames += "+\(pool.name)" }
            return known
        }
        return place(
            Roster.StableSettings(
                python: pool.python, redis: redis, account: pool.account,
                isolation: pool.isolation, poolNames: pool.name))
    }

    private func fits(
        _ stable: Roster.StableSettings, _ pool: PoolConfiguration, _ redis: RedisConfiguration
    ) -> Bool {
        stable.python == pool.python && stable.account == pool.account
            && stable.redis == redis.forJobs(of: pool) && stable.isolation == pool.isolation
    }

    private mutating func place(_ settings: Roster.StableSettings) -> Int {
        let number = spare.stables.min() ?? roster.stables.count
        spare.stables.remove(number)
        if number == roster.stables.count {
            roster.stables.append(settings)
        } else {
            roster.stables[number] = settings
        }
        newStables.append(number)
        return number
    }
}

/// What happens to one pool, by its number.
enum PoolChange: Equatable, Sendable {
    /// It was not there before.
    case added(Int)
    /// Its workers leave, after their jobs, and nobody follows.
    case removed(Int)
    /// It goes on: with another number of workers, if given, and with this news for its workers.
    case changed(Int, workers: Int?, PoolNews)
}

/// What a pool's workers see of a change.
enum PoolNews: Equatable, Sendable {
    /// Nothing.
    case nothing
    /// Settings that a running worker can take over.
    case settings
    /// Others take their places.
    case replacement
}

extension PoolConfiguration {
    /// Whether a running worker can go on with these settings.
    ///
    /// What is not named here is taken up at a worker's birth only.
    func canBecome(_ new: PoolConfiguration) -> Bool {
        guard hostedClass == nil else {
            // The interpreter has everything from its birth.
            var same = self
            same.workers = new.workers
            same.maxWorkers = new.maxWorkers
            (same.scaleUpAfter, same.scaleDownAfter) = (new.scaleUpAfter, new.scaleDownAfter)
            same.scaleUnderPressure = new.scaleUnderPressure
            return same == new
        }
        var same = self
        same.workers = new.workers
        same.maxWorkers = new.maxWorkers
        (same.scaleUpAfter, same.scaleDownAfter) = (new.scaleUpAfter, new.scaleDownAfter)
        same.scaleUnderPressure = new.scaleUnderPressure
        same.queues = new.queues
        same.dequeueStrategy = new.dequeueStrategy
        (same.resultTTL, same.workerTTL) = (new.resultTTL, new.workerTTL)
        same.heartbeatInterval = new.heartbeatInterval
        (same.maxJobs, same.maxIdleTime) = (new.maxJobs, new.maxIdleTime)
        (same.stopTimeout, same.killGrace) = (new.stopTimeout, new.killGrace)
        (same.timeoutGrace, same.slowlog) = (new.timeoutGrace, new.slowlog)
        (same.onWorkerDeath, same.onStop) = (new.onWorkerDeath, new.onStop)
        same.quarantineAfter = new.quarantineAfter
        same.outputLimit = new.outputLimit
        same.jobDescriptions = new.jobDescriptions
        return same == new
    }
}
