import Testing

@testable import WorkerPool

/// The words in which limits are written.
@Suite struct LimitTextTests {
    @Test(arguments: [
        ("512M", 512 << 20), ("2G", 2 << 30), ("1T", 1 << 40), ("64K", 64 << 10), ("4096", 4096),
        ("0", 0),
    ])
    func `a size is a number with a unit of 1024`(text: String, bytes: Int) {
        #expect(SizeText.bytes(text) == bytes)
        #expect(SizeText.bytes(SizeText.text(bytes)) == bytes)
    }

    @Test(arguments: ["", "M", "1.5G", "-1", "5MB", "1 G", "99999999999T", "G1", "1m"])
    func `anything else is no size`(text: String) {
        #expect(SizeText.bytes(text) == nil)
    }

    @Test func `a sentence has sizes to a tenth`() {
        #expect(SizeText.sentence(512 << 20) == "512 MiB")
        #expect(SizeText.sentence((512 << 20) - 200_000) == "511.8 MiB")
        #expect(SizeText.sentence(3 << 29) == "1.5 GiB")
        #expect(SizeText.sentence(100) == "0.1 KiB")
    }

    @Test func `a list of processors has numbers and ranges`() {
        #expect(ProcessorList("0-3,6")?.numbers == [0, 1, 2, 3, 6])
        #expect(ProcessorList("6, 2-3, 2")?.numbers == [2, 3, 6])
        #expect(ProcessorList("1,64")?.mask == [2, 1])
    }

    @Test(arguments: ["", ",", "a", "3-1", "1-", "-1", "1-2-3", "9999", "1;2", "1,"])
    func `anything else is no list of processors`(text: String) {
        #expect(ProcessorList(text) == nil)
    }

    @Test func `a resource limit is one value or two`() {
        #expect(ResourceLimit("4096").map { [$0.soft, $0.hard] } == [4096, 4096])
        #expect(ResourceLimit("1K:infinity").map { [$0.soft, $0.hard] } == [1024, .max])
        #expect(ResourceLimit("infinity").map { [$0.soft, $0.hard] } == [.max, .max])
    }

    @Test(arguments: ["", "two", "2:1", "infinity:5", "1:2:3", ":", "-1"])
    func `anything else is no resource limit`(text: String) {
        #expect(ResourceLimit(text) == nil)
    }

    @Test func `the limits of a pool are read`() throws {
        let toml = """
            [pool.web]
            max_age = "1d"
            max_memory = "300M"
            memory_max = "512M"
            memory_high = 402653184
            tasks_max = 50
            cpu_weight = 20
            nice = -5
            io_scheduling_class = "idle"
            cpu_affinity = "0"
            oom_score_adjust = 500
            limit_nofile = "1024:4096"
            """
        var expected = PoolLimits()
        expected.maxAge = .seconds(86_400)
        expected.maxMemory = 300 << 20
        expected.memoryMax = 512 << 20
        expected.memoryHigh = 384 << 20
        (expected.tasksMax, expected.cpuWeight, expected.nice) = (50, 20, -5)
        (expected.ioClass, expected.cpuAffinity) = (.idle, "0")
        expected.oomScoreAdjust = 500
        expected.resources = ["nofile": "1024:4096"]
        let loaded = try Sample.load(toml)
        #expect(loaded.configuration.pools.first?.limits == expected)
    }

    @Test(arguments: [
        ("memory_max = \"1M\"", "2:14", "memory_max must be a size from 16M up"),
        ("memory_max = \"lots\"", "2:14", "memory_max must be a size from 16M up"),
        ("tasks_max = -1", "2:13", "tasks_max must be a whole number from 1 to 4194304"),
        ("nice = 20", "2:8", "nice must be a whole number from -20 to 19"),
        ("cpu_weight = 10001", "2:14", "cpu_weight must be a whole number from 1 to 10000"),
        ("io_scheduling_class = \"fast\"", "2:23", "io_scheduling_class must be \"none\""),
        ("cpu_affinity = \"3-1\"", "2:16", "cpu_affinity must be numbers of processors"),
        ("limit_nofile = \"2:1\"", "2:16", "limit_nofile must be a number such as"),
        ("limit_nofiles = \"2\"", "2:1", "limit_nofiles; did you mean pool.web.limit_nofile?"),
    ])
    func `a limit that cannot be is refused`(line: String, place: String, message: String) {
        let complaints = Sample.complaints("[pool.web]\n\(line)")
        #expect(complaints.count == 1)
        #expect(complaints[0].hasPrefix("/etc/rqd.conf:\(place): "))
        #expect(complaints[0].contains("pool.web.\(message)"))
    }

    @Test func `a job is slowed down before it is ended, not after`() {
        let toml = "[pool.web]\nmemory_max = \"64M\"\nmemory_high = \"65M\""
        #expect(
            Sample.complaints(toml) == [
                "/etc/rqd.conf:3:15: pool.web.memory_high must not be above memory_max, "
                    + "which is 64M"
            ])
    }

    @Test func `processors that this machine does not have are named`() throws {
        let loaded = try Sample.load(
            "[python]\ninterpreter = \"/bin/sh\"\n[pool.web]\ncpu_affinity = \"0,8000\"")
        let error = #expect(throws: ConfigurationError.self) { try loaded.checkMachine() }
        let complaint = error?.complaints.first?.description ?? ""
        #expect(
            complaint.hasPrefix(
                "/etc/rqd.conf:4:16: pool.web.cpu_affinity names processor 8000, and this"))
    }
}
