import CLinux
import Glibc

/// What must hold among a pool's limits, and between them and the machine.
struct LimitRules {
    let origins: [String: Origin]

    /// What cannot be meant, on no machine.
    func complaints(about pools: [PoolConfiguration]) -> [ConfigurationError.Complaint] {
        pools.compactMap { pool in
            guard let high = pool.limits.memoryHigh, let most = pool.limits.memoryMax, high > most
            else { return nil }
            return complaint(
                pool, "memory_high",
                "must not be above memory_max, which is \(SizeText.text(most))")
        }
    }

    /// What this machine does not have.
    func machineComplaints(about pools: [PoolConfiguration]) -> [ConfigurationError.Complaint] {
        let count = sysconf(Int32(_SC_NPROCESSORS_CONF))
        return pools.compactMap { pool in
            guard let wanted = pool.limits.cpuAffinity.flatMap(ProcessorList.init)?.numbers,
                let missing = wanted.first(where: { $0 >= count })
            else { return nil }
            return complaint(
                pool, "cpu_affinity",
                "names processor \(missing), and this machine has 0 to \(count - 1)")
        }
    }

    private func complaint(
        _ pool: PoolConfiguration, _ name: String, _ message: String
    ) -> ConfigurationError.Complaint {
        let key = "pool.\(pool.name).\(name)"
        return ConfigurationError.Complaint(
            origin: origins[key] ?? .builtIn, message: "\(key) \(message)")
    }
}
