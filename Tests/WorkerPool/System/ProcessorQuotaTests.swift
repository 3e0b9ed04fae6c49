import Testing

@testable import WorkerPool

@Suite struct ProcessorQuotaTests {
    private static let unified =
        "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
    private static let first = """
        31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
        32 23 0:28 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory

        """

    private static func quota(
        _ mounts: String, _ groups: String, _ files: [String: String]
    ) -> Double? {
        ProcessorQuota(mounts: mounts, groups: groups) { files[$0] }.processors
    }

    private static let limits: [(String, Double?)] = [
        ("max 100000", nil), ("150000 100000", 1.5), ("50000 100000", 0.5), ("20000 10000", 2),
        ("", nil), ("-1 100000", nil), ("1 0", nil), ("a b", nil),
    ]

    @Test(arguments: limits)
    func `version 2 says a quota and a period`(text: String, expected: Double?) {
        let found = Self.quota(
            Self.unified, "0::/a.slice/b.service\n",
            ["/sys/fs/cgroup/a.slice/b.service/cpu.max": text])
        #expect(found == expected)
    }

    @Test func `the narrowest group counts, wherever it is above`() {
        let files = [
            "/sys/fs/cgroup/a/cpu.max": "100000 100000",
            "/sys/fs/cgroup/a/b/cpu.max": "300000 100000",
            "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000",
        ]
        #expect(Self.quota(Self.unified, "0::/a/b/c\n", files) == 1)
        #expect(Self.quota(Self.unified, "0::/other\n", files) == nil)
    }

    @Test func `version 1 says them in two files`() {
        let place = "/sys/fs/cgroup/cpu,cpuacct/docker/x"
        let files = [
            "\(place)/cpu.cfs_quota_us": "250000\n", "\(place)/cpu.cfs_period_us": "100000\n",
        ]
        let groups = "5:memory:/docker/y\n4:cpu,cpuacct:/docker/x\n0::/\n"
        #expect(Self.quota(Self.first, groups, files) == 2.5)
        let free = [
            "\(place)/cpu.cfs_quota_us": "-1\n", "\(place)/cpu.cfs_period_us": "100000\n",
        ]
        #expect(Self.quota(Self.first, groups, free) == nil)
    }

    @Test func `a container that sees its own group as the root is told by that`() {
        let mounts = "30 23 0:26 /docker/x /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
        let files = ["/sys/fs/cgroup/cpu.max": "200000 100000"]
        #expect(Self.quota(mounts, "0::/docker/x\n", files) == 2)
        #expect(Self.quota(mounts, "0::/../..\n", files) == 2)
        let deeper = ["/sys/fs/cgroup/jobs/cpu.max": "100000 100000"]
        #expect(Self.quota(mounts, "0::/docker/x/jobs\n", deeper) == 1)
    }

    @Test func `this machine has processors`() {
        #expect(Surroundings.current().cores >= 1)
        #expect(Self.quota("x\n - \n", "::", [:]) == nil)
    }
}
