/// What must hold among the values of a pool, and among pools.
struct PoolRules {
    let origins: [String: Origin]

    /// Everything wrong about the names that workers would get.
    func complaints(about pools: [PoolConfiguration]) -> [ConfigurationError.Complaint] {
        var complaints: [ConfigurationError.Complaint] = []
        var owners: [String: String] = [:]
        for pool in pools {
            if let most = pool.maxWorkers, most < pool.workers {
                complaints.append(tooFew(pool, most))
            }
            if !pool.workerClassQueues.isEmpty, pool.hostedClass == nil {
                complaints.append(namesWithoutClass(pool))
            }
            complaints += complaintsAboutIsolation(of: pool)
            if let hook = pool.python.onStart, pool.hostedClass != nil,
                !pools.contains(where: { $0.hostedClass == nil && $0.python.onStart == hook })
            {
                complaints.append(hookOfNobody(pool))
            }
            if let problem = problem(of: pool) {
                complaints.append(complaint(pool, problem))
                continue
            }
            var shared: (name: String, owner: String)?
            for slot in 0..<max(pool.workers, pool.maxWorkers ?? 0) {
                let name = pool.workerName(host: "HOST", slot: slot)
                if let owner = owners[name], shared == nil { shared = (name, owner) }
                owners[name] = owners[name] ?? pool.name
            }
            if let shared {
                let message =
                    "gives the name \(shared.name), which a worker of pool.\(shared.owner) has too"
                complaints.append(complaint(pool, message))
            }
        }
        return complaints
    }

    private func tooFew(_ pool: PoolConfiguration, _ most: Int) -> ConfigurationError.Complaint {
        let key = "pool.\(pool.name).max_workers"
        return ConfigurationError.Complaint(
            origin: origins[key] ?? .builtIn,
            message: "\(key) must be at least workers, \(pool.workers), not \(most)")
    }

    private func namesWithoutClass(_ pool: PoolConfiguration) -> ConfigurationError.Complaint {
        let key = "pool.\(pool.name).worker_class_queues"
        return ConfigurationError.Complaint(
            origin: origins[key] ?? .builtIn,
            message: "\(key) needs a worker_class of the application's: rqd's own takes queues")
    }

    private func complaintsAboutIsolation(
        of pool: PoolConfiguration
    ) -> [ConfigurationError.Complaint] {
        let key = "pool.\(pool.name).isolation"
        switch pool.isolation {
        case .spawn where pool.hostedClass != nil:
            return [
                ConfigurationError.Complaint(
                    origin: origins[key] ?? .builtIn,
                    message: "\(key) must be \"fork\" or not be given beside worker_class, which "
                        + "starts its jobs' processes itself")
            ]
        case .fork where pool.spares != 1:
            let spares = "pool.\(pool.name).spares"
            return [
                ConfigurationError.Complaint(
                    origin: origins[spares] ?? .builtIn,
                    message: "\(spares) needs isolation = \"spawn\": of processes that are forked "
                        + "one is always ready")
            ]
        case .fork, .spawn: return []
        }
    }

    private func hookOfNobody(_ pool: PoolConfiguration) -> ConfigurationError.Complaint {
        let own = "pool.\(pool.name).python.on_start"
        let key = origins[own] == nil ? "python.on_start" : own
        return ConfigurationError.Complaint(
            origin: origins[key] ?? .builtIn,
            message: "\(key) is called by rqd's own workers only, and pool.\(pool.name) has a "
                + "worker_class: call it there, or in a pool without one")
    }

    private func problem(of pool: PoolConfiguration) -> String? {
        let isOneForAll = pool.workerName(host: "", slot: 0) == pool.workerName(host: "", slot: 1)
        let workers = max(pool.workers, pool.maxWorkers ?? 0)
        if workers > 1, isOneForAll {
            return "must contain %s, for the pool has \(workers) workers"
        }
        let longestHost = String(repeating: "h", count: 64)
        let longest = pool.workerName(host: longestHost, slot: 4095)
        return longest.utf8.count > 255 ? "can give names longer than 255 bytes" : nil
    }

    private func complaint(_ pool: PoolConfiguration, _ message: String)
        -> ConfigurationError.Complaint
    {
        let key = "pool.\(pool.name).worker_name"
        let origin = origins[key] ?? origins["pool.\(pool.name).workers"] ?? .builtIn
        return ConfigurationError.Complaint(origin: origin, message: "\(key) \(message)")
    }

    /// Pools that only variables or flags name, without saying what they work on: slips of the pen.
    ///
    /// - Parameters:
    ///   - firstNamed: where each pool was named first.
    ///   - inFiles: the pools that files name; where there are none, `default` counts as one.
    /// - Returns: a complaint for each of them.
    func strangers(_ firstNamed: [String: Origin], inFiles: [String])
        -> [ConfigurationError.Complaint]
    {
        let known = inFiles.isEmpty ? ["default"] : inFiles
        return firstNamed.filter { name, _ in
            !known.contains(name) && origins["pool.\(name).queues"] == nil
        }.map { name, origin in
            let meant = Nearest.name(to: name, among: known).map { "; did you mean \($0)?" } ?? ";"
            let message =
                "unknown pool \(name)\(meant) A new pool needs pool.\(name).queues as well"
            return ConfigurationError.Complaint(origin: origin, message: message)
        }
    }
}
