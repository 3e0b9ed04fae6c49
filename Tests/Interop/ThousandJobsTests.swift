import Glibc
import RedisKit
import TestSupport
import Testing

/// The main job at some length: four producers, three queues, four workers.
@Suite struct ThousandJobsTests {
    private static let queues = ["high", "default", "low"]
    private static let count = 1000

    /// What `Scripts/check_mixed.py` prints.
    private struct Findings: Decodable {
        let checked: Int
        let wrong: [String]
        let registries: [String: [String: Int]]
    }

    @Test func `a thousand jobs of four rq releases end as each reader of theirs expects`() throws {
        try Application.run(workers: 4, queues: Self.queues) { daemon in
            let producers = PythonEnvironment.Release.allCases
            let share = Self.count / producers.count
            for (index, release) in producers.enumerated() {
                try Script(release, on: daemon).run(
                    "enqueue_mixed", "\(index * share)", "\((index + 1) * share)")
            }
            try eventually("\(Self.count) outcomes", within: .seconds(90)) {
                try outcomes(daemon) == Self.count
            }
            let names = try readWorkers(daemon)
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            for reader in [PythonEnvironment.Release.rq3_0, .rq2_12] {
                try check(daemon, by: reader, workers: names)
            }
            try #require(try leftovers(daemon) == [])
        }
    }

    /// How many jobs are in the finished and failed registries.
    private func outcomes(_ daemon: Daemon) throws -> Int {
        try Self.queues.reduce(0) { sum, queue in
            let counts = try ["finished", "failed"].map {
                try daemon.redis("ZCARD", "rq:\($0):\(queue)").integer ?? 0
            }
            return sum + counts[0] + counts[1]
        }
    }

    /// The workers' names; their counters must add up to the jobs.
    private func readWorkers(_ daemon: Daemon) throws -> [String] {
        var names: [String] = []
        for reader in [PythonEnvironment.Release.rq3_0, .rq2_12] {
            let workers = try Script(reader, on: daemon).observe(queue: "low").workers
            try #require(workers.count == 4)
            let failing = (0..<Self.count).count { Self.fails($0) }
            try #require(workers.map(\.succeeded).reduce(0, +) == Self.count - failing)
            try #require(workers.map(\.failed).reduce(0, +) == failing)
            // Each has had its part.
            try #require(workers.allSatisfy { $0.succeeded > 0 && $0.failed > 0 })
            try #require(workers.allSatisfy { $0.state == "idle" && $0.workingTime > 0 })
            names = workers.map(\.name)
        }
        return names
    }

    private func check(
        _ daemon: Daemon, by reader: PythonEnvironment.Release, workers: [String]
    ) throws {
        let findings = try Script.decode(
            Findings.self,
            Script(reader, on: daemon).run(
                "check_mixed", "\(Self.count)", workers.joined(separator: ",")))
        try #require(findings.checked == Self.count)
        try #require(findings.wrong == [], "rq \(reader.rawValue)")
        for (index, queue) in Self.queues.enumerated() {
            let numbers = (0..<Self.count).filter { $0 % 3 == index }
            let failed = numbers.count { Self.fails($0) }
            let expected = [
                "queued": 0, "started": 0, "finished": numbers.count - failed, "failed": failed,
                "deferred": 0, "scheduled": 0, "canceled": 0,
            ]
            try #require(findings.registries[queue] == expected)
        }
    }

    /// Whether a job raises: three of the ten kinds in `Applications/mixed.py` do.
    private static func fails(_ number: Int) -> Bool { [2, 6, 9].contains(number % 10) }

    /// Keys that have no business being there once all jobs have ended and all workers have left.
    private func leftovers(_ daemon: Daemon) throws -> [String] {
        let lasting = ["rq:finished:", "rq:failed:", "rq:job:mixed-", "rq:results:mixed-"]
        let all = try daemon.redis("KEYS", "*").array?.compactMap(\.text) ?? []
        let keys = try all.filter { try !daemon.isOfTheDead($0) }
        try #require(keys.count == 2 * Self.count + 2 * Self.queues.count + 1)
        return keys.filter { key in
            key != "rq:queues" && !lasting.contains { key.hasPrefix($0) }
        }
    }
}
