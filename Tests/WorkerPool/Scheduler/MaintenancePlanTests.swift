import RQ
import Testing

@testable import WorkerPool

@Suite struct MaintenancePlanTests {
    private var plan = MaintenancePlan(
        queues: ["q"], interval: .seconds(600), lookInterval: .seconds(10), isOnce: false)
    private var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    /// Takes all tasks that are there now.
    private mutating func all() -> [MaintenanceTask] {
        var tasks: [MaintenanceTask] = []
        while let task = plan.next(at: now) { tasks.append(task) }
        return tasks
    }

    @Test mutating func `the first round begins as soon as Redis answers`() {
        let before = plan.nextDue(at: now)
        #expect(before == nil)
        plan.linkUp(at: now)
        let tasks = all()
        #expect(tasks.contains(.lock("q")) && tasks.contains(.lockSearch))
        #expect(tasks.contains(.settleAbandoned("q", passing: 0)))
    }

    @Test mutating func `a glance comes every 20 s, a round every interval`() {
        plan.linkUp(at: now)
        _ = all()
        now = now + .seconds(10)
        _ = all()
        let next = plan.nextDue(at: now).map { $0 - now }
        #expect(next == .seconds(10))
        now = now + .seconds(10)
        let glance = all()
        #expect(glance.contains(.unstick("q")) && !glance.contains(.lock("q")))
        now = now + .seconds(580)
        let round = all()
        #expect(round.contains(.lock("q")))
    }

    @Test mutating func `between glances it looks for vanished hosts, and for nothing else`() {
        plan.linkUp(at: now)
        _ = all()
        let next = plan.nextDue(at: now).map { $0 - now }
        #expect(next == .seconds(10))
        now = now + .seconds(10)
        let look = all()
        #expect(look == [.findVanished(from: MaintenanceTask.beginning)])
    }

    @Test mutating func `after Redis was away, workers have 10 s to renew their leases`() {
        plan.linkUp(at: now)
        _ = all()
        plan.linkDown()
        let away = plan.nextDue(at: now)
        #expect(away == nil)
        plan.linkUp(at: now)
        let next = plan.nextDue(at: now).map { $0 - now }
        #expect(next == .seconds(10))
    }

    @Test mutating func `what a task leads to comes before the others`() {
        plan.linkUp(at: now)
        _ = plan.next(at: now)
        plan.follow(with: [.expire("q"), .unlock("q")])
        let next = plan.next(at: now)
        #expect(next == .expire("q"))
    }

    @Test mutating func `one round is through without the search when that is all`() {
        plan = MaintenancePlan(
            queues: ["q"], interval: .seconds(600), lookInterval: .seconds(10), isOnce: true)
        let before = plan.isThrough(at: now)
        plan.linkUp(at: now)
        let tasks = all()
        let after = plan.isThrough(at: now)
        #expect(!before && after)
        #expect(!tasks.contains(.lockSearch))
    }
}

@Suite struct VanishingLimitsTests {
    @Test(arguments: [
        (30, 10, 10), (300, 10, 10), (5, 5, 1), (1, 3, 1),
    ])
    func `how soon a vanished host is noticed follows from the heartbeat`(
        heartbeat: Int, thirds: Int, overdue: Int
    ) {
        let limits = VanishingLimits(heartbeats: [.seconds(600), .seconds(heartbeat)])
        let look = heartbeat < 30 ? Duration.seconds(thirds) / 3 : .seconds(thirds)
        #expect(limits.lookInterval == look)
        #expect(limits.overdue == .seconds(overdue))
    }
}

@Suite struct SightingsTests {
    @Test func `only what was seen without a break for long enough is told`() {
        var sightings = Sightings<String>(patience: .seconds(60))
        let start = MonotonicTime(nanoseconds: 5_000_000_000)
        #expect(sightings.saw(["a", "b"], at: start) == [])
        #expect(sightings.saw(["a"], at: start + .seconds(30)) == [])
        #expect(sightings.saw(["a", "b"], at: start + .seconds(60)) == ["a"])
        #expect(sightings.saw(["b"], at: start + .seconds(119)) == [])
        #expect(sightings.saw(["b"], at: start + .seconds(120)) == ["b"])
    }
}

@Suite struct LostJobSearchTests {
    private func job(_ id: JobID, _ queue: QueueName) -> QueuedJob {
        QueuedJob(id: id, queue: queue, since: [])
    }

    @Test func `a job is suspect if its queue was listed and did not have it`() {
        let search = LostJobSearch(
            listed: ["q": ["there"]], at: Timestamp(epochSeconds: 1_000_000))
        let jobs = [job("there", "q"), job("lost", "q"), job("other", "unlisted")]
        #expect(search.suspects(among: jobs) == [job("lost", "q")])
        #expect(search.before == Timestamp(epochSeconds: 999_940))
    }
}
