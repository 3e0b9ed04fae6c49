/// What a master makes of a handover: state and roster as they were, in its own terms.
///
/// The settings of the program before are not known. A pool has those that its next workers are to
/// have, and of the old ones what is needed until its workers are replaced, which is the first thing
/// that happens.
extension MasterState {
    /// Goes on where another program has left off.
    ///
    /// - Parameters:
    ///   - handover: what that has told.
    ///   - now: the present moment.
    init(_ handover: Handover, at now: MonotonicTime) {
        self.init(
            pools: [], stables: handover.stables.map { MasterStable($0, at: now) },
            scheduler: handover.scheduler.map { MasterScheduler(pid: $0, at: now) },
            replacement: .always, room: handover.room)
        pools = handover.pools.map(MasterPool.init)
        slots = handover.slots.enumerated().map { MasterSlot($1, index: $0, at: now) }
        past = handover.past
        hasSwept = handover.hasSwept
        wasReady = handover.isReady
    }
}

extension MasterPool {
    init(_ handed: Handover.Pool) {
        self.init(
            wanted: handed.wanted, stable: handed.stable,
            stopTimeout: .milliseconds(handed.stopTimeout),
            killGrace: .milliseconds(handed.killGrace), isPaused: handed.isPaused,
            isGone: handed.isGone)
    }
}

extension Roster {
    /// As it was, with the settings that are to hold: should a worker die before the workers are
    /// replaced, its successor serves the right queues.
    init(_ handover: Handover, for configuration: Configuration, host: String) {
        let redis = configuration.redis
        self.init([], redis: redis, host: host)
        pools = handover.pools.map { handed in
            // One that is to go serves nothing until then: what it worked by is known to nobody.
            var pool =
                configuration.pools.first { $0.name == handed.name }
                ?? PoolConfiguration(name: handed.name, queues: [])
            pool.workers = handed.configured
            pool.workerName = handed.workerName
            pool.stopTimeout = .milliseconds(handed.stopTimeout)
            pool.killGrace = .milliseconds(handed.killGrace)
            return pool
        }
        stables = handover.stables.map {
            StableSettings(
                // No interpreter of a configuration has such a name: the next stables are new.
                python: PythonConfiguration(interpreter: "\($0.interpreter) (before)"),
                redis: redis, account: JobAccount(), isolation: .fork, poolNames: "")
        }
        stableOfPool = handover.pools.map(\.stable)
        order = handover.order
    }
}
