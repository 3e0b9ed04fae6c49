import Glibc
import RedisKit
import TestSupport
import Testing

/// Workers and producers of rq 1.16, 2.6, 2.12 and 3.0, and rqd, on one Redis.
@Suite struct MixedFleetTests {
    private static let count = 5000
    /// Of each twenty jobs, two fail in the end.
    private static let failing = count / 10

    @Test func `four releases of rq and rqd run each of 5000 jobs as often as it should`() throws {
        let fleet = try Fleet(rqdWorkers: 3)
        try fleet.explain {
            let producers = PythonEnvironment.Release.allCases
            let share = Self.count / producers.count
            let ranges = producers.indices.map { ["\($0 * share)", "\(($0 + 1) * share)"] }
            let producing = try zip(producers, ranges).map { release, range in
                try fleet.start("produce", release, range)
            }
            try eventually("a third of the jobs has ended", within: .seconds(90)) {
                try outcomes(fleet) > Self.count / 3
            }
            _ = try fleet.outputs(producing)
            try compareWhileBusy(fleet)
            try eventually("all jobs have ended", within: .seconds(120)) {
                try outcomes(fleet) == Self.count + fleet.count && isEmpty(fleet)
            }
            // Each release reads what the next one produced.
            let readers = producers.dropFirst() + producers.prefix(1)
            let reading = try zip(readers, zip(producers, ranges)).map { reader, produced in
                try fleet.start("read", reader, produced.1 + [produced.0.rawValue])
            }
            let wrong = try fleet.outputs(reading).joined().split(separator: "\n")
            try #require(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(40))")
            let counts = try agreement(fleet)
            let queues = counts.queues.values
            #expect(queues.map(\.finished).reduce(0, +) == Self.count - Self.failing + fleet.count)
            #expect(queues.map(\.failed).reduce(0, +) == Self.failing)
            // Each worker has had its part, and said so.
            try #require(Set(try fleet.runs().map(String.init)) == Set(counts.workers.keys))
            let ended = counts.workers.values.map { $0.successfulJobCount + $0.failedJobCount }
            #expect(ended.reduce(0, +) == (try fleet.runs().count) + fleet.count)
            try #require(try fleet.stop() == [])
            try #require(try agreement(fleet).workers.isEmpty)
            try #require(try leftovers(fleet) == [])
        }
    }

    /// Gives each worker a job that lasts, so that nothing moves, and compares what the tools tell.
    private func compareWhileBusy(_ fleet: Fleet) throws {
        let script = Script(release: .rq3_0, url: fleet.server.url)
        let holds = (0..<fleet.count).map { "hold-\($0)" }
        try script.enqueue(
            holds.map {
                Call($0, "work.wait", .text($0), queue: "common", options: ["at_front": 1])
            })
        try eventually("each worker has a job that lasts", within: .seconds(60)) {
            try fleet.number("LLEN", "test:running") == fleet.count
                && fleet.size(of: "scheduled") == 0
        }
        let counts = try agreement(fleet)
        let common = try #require(counts.queues["common"])
        #expect(common.executing == fleet.count)
        #expect(common.count > 0 && common.finished > 0 && common.failed > 0)
        #expect(counts.workers.count == fleet.count)
        #expect(counts.workers.values.allSatisfy { $0.state == "busy" })
        for hold in holds { try fleet.daemon.redis("RPUSH", "test:go:\(hold)", "") }
    }

    /// What all tools count, if they agree.
    private func agreement(_ fleet: Fleet) throws -> FleetCounts {
        var all: [String: FleetCounts] = [:]
        try eventually("nothing moves any more") {
            all = try fleet.counts()
            return try fleet.counts() == all
        }
        let reference = try #require(all["rq 3.0.0"])
        for (tool, counts) in all {
            let differences = counts.differences(from: reference)
            try #require(differences == [], "\(tool) / rq 3.0.0")
        }
        let lines = try fleet.info()
        let expected = try #require(lines["rq 3.0.0"])
        #expect(expected.count == Fleet.queues.count + reference.workers.count)
        for (tool, found) in lines {
            let differing = found.symmetricDifference(expected).sorted()
            try #require(differing == [], "info --raw of \(tool) / rq 3.0.0")
        }
        return reference
    }

    private func outcomes(_ fleet: Fleet) throws -> Int {
        try fleet.size(of: "finished") + fleet.size(of: "failed")
    }

    /// Whether no job waits, runs, or is to come.
    private func isEmpty(_ fleet: Fleet) throws -> Bool {
        for queue in Fleet.queues where try fleet.number("LLEN", "rq:queue:\(queue)") > 0 {
            return false
        }
        for registry in ["wip", "scheduled", "deferred"] where try fleet.size(of: registry) > 0 {
            return false
        }
        return true
    }

    /// Keys that have no business being there when all jobs have ended and all workers have left.
    private func leftovers(_ fleet: Fleet) throws -> [String] {
        let patterns = ["rq:queue:*", "rq:wip:*", "rq:execution*", "rq:ready:*", "rq:rqd:*"]
        return try patterns.flatMap { try fleet.daemon.keys($0) }
    }
}
