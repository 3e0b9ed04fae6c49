import Testing

@testable import WorkerPool

@Suite struct RosterTests {
    private static let web = PoolConfiguration(name: "web", workers: 2)
    private static let mail = PoolConfiguration(name: "mail", workers: 1)
    private static let other = PoolConfiguration(
        name: "other", workers: 1, python: PythonConfiguration(interpreter: "/opt/bin/python"))

    @Test func `slots are named after their pool and their place in it`() {
        let roster = Roster([Self.web, Self.mail], redis: RedisConfiguration(), host: "h")
        let slot = MasterSlot(index: 7, pool: 1, number: 3)
        #expect(roster.label(slot) == "mail/3")
        #expect(roster.workerName(slot) == "h.mail.3")
        #expect(roster.pool(named: "mail") == 1)
        #expect(roster.pool(named: "none") == nil)
    }

    @Test func `a name can be one that only this start of the service has`() {
        var web = Self.web
        web.workerName = "%p-%s-%u"
        let roster = Roster([web, Self.mail], redis: RedisConfiguration(), host: "h")
        let name = roster.workerName(MasterSlot(index: 0, pool: 0, number: 0))
        #expect(name.hasPrefix("web-0-") && name.count == 14)
        let own = Roster.ownName("h.mail.3")
        #expect(own.hasPrefix("h.mail.3.") && own.hasSuffix(name.suffix(8)))
        #expect(Roster.ownName(String(repeating: "x", count: 255)).utf8.count == 255)
    }

    @Test func `pools with the same settings share a stable`() {
        let roster = Roster(
            [Self.web, Self.other, Self.mail], redis: RedisConfiguration(), host: "h")
        #expect(roster.stables.map(\.python) == [Self.web.python, Self.other.python])
        #expect(roster.stableOfPool == [0, 1, 0])
        #expect(roster.stables.map(\.poolNames) == ["web+mail", "other"])
        #expect(roster.masterPools.map(\.stable) == [0, 1, 0])
        #expect(roster.masterPools.map(\.wanted) == [2, 1, 1])
    }

    @Test func `a pool whose jobs a worker class runs needs no stable, rq's own name for it does`()
    {
        var hosted = Self.other
        hosted.workerClass = "rq.SimpleWorker"
        var own = Self.mail
        own.workerClass = "rq.Worker"
        let roster = Roster([hosted, own], redis: RedisConfiguration(), host: "h")
        #expect(roster.stableOfPool == [nil, 0])
        #expect(roster.stables.map(\.python) == [own.python])
    }

    @Test func `a worker that dies in an upgrade has one after it for its pool's queues`() {
        let handed = ["web", "old"].map {
            Handover.Pool(
                name: $0, workerName: "web", configured: 2, wanted: 2, isPaused: false,
                isGone: false, stable: nil, stopTimeout: 5_000, killGrace: 1_000)
        }
        let handover = Handover(
            scoreboard: 3, news: 4, room: 10, started: .now(), startedAt: 0, pools: handed,
            order: [0, 1], stables: [], slots: [], past: MasterPast(), hasSwept: true,
            isReady: true)
        var web = Self.web
        web.queues = ["mail"]
        (web.workers, web.resultTTL) = (5, 7)
        let roster = Roster(handover, for: Configuration(pools: [web]), host: "h")
        #expect(roster.pools.map(\.queues) == [["mail"], []])
        #expect(roster.pools[0].workers == 2 && roster.pools[0].resultTTL == 7)
        #expect(roster.pools[0].stopTimeout == .seconds(5))
        #expect(roster.workerName(MasterSlot(index: 0, pool: 0, number: 1)) == "web")
    }
}
