import Testing

@testable import WorkerPool

/// What keeps a limit where.
@Suite struct LimitMeansTests {
    private func pool(workerClass: String? = nil) -> PoolConfiguration {
        var pool = PoolConfiguration(workerClass: workerClass)
        pool.limits.memoryMax = 64 << 20
        pool.limits.tasksMax = 5
        pool.limits.cpuWeight = 10
        return pool
    }

    @Test func `the kernel keeps what it has a controller for`() {
        let means = PoolMeans(pool(), controllers: ["memory", "pids", "cpu"])
        #expect(means.all == ["memory_max": .cgroup, "tasks_max": .cgroup, "cpu_weight": .cgroup])
    }

    @Test func `without one the memory of jobs is looked at, and the rest does not hold`() {
        let means = PoolMeans(pool(), controllers: ["cpu"])
        #expect(means.all == ["memory_max": .sampling, "tasks_max": .none, "cpu_weight": .cgroup])
    }

    @Test func `what a worker class does with memory is not looked at`() {
        let means = PoolMeans(pool(workerClass: "rq.SimpleWorker"), controllers: [])
        #expect(means.all["memory_max"] == LimitMeans.none)
    }

    @Test func `a pool without limits has nothing to keep`() {
        #expect(PoolMeans(PoolConfiguration(), controllers: []).all == [:])
    }

    @Test func `a job with a limit of memory does not swap, one without may`() {
        let limited = ControlGroupTree.values(pool().limits).map { "\($0.file) \($0.value)" }
        #expect(
            limited == [
                "memory.high max", "memory.max 67108864", "memory.swap.max 0", "pids.max 5",
                "cpu.weight 10",
            ])
        let free = ControlGroupTree.values(PoolLimits()).map { "\($0.file) \($0.value)" }
        #expect(
            free == [
                "memory.high max", "memory.max max", "memory.swap.max max", "pids.max max",
                "cpu.weight 100",
            ])
    }

    @Test func `the table tells what does not hold, and nothing of what does`() {
        var report = StatusReportTests.example
        report.pools[0].limits = [
            "tasks_max": .none, "memory_max": .sampling, "cpu_weight": .cgroup,
        ]
        #expect(
            report.table().contains(
                "default; memory_max is kept by sampling; tasks_max is not in force\n"))
    }
}
