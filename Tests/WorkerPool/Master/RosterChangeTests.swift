import Testing

@testable import WorkerPool

/// What a new configuration comes to.
@Suite struct RosterChangeTests {
    private static let redis = RedisConfiguration()
    private static let web = PoolConfiguration(name: "web", workers: 2)
    private static let mail = PoolConfiguration(name: "mail", workers: 1)
    private static let roster = Roster([web, mail], redis: redis, host: "h")

    private static func change(
        to pools: [PoolConfiguration], redis: RedisConfiguration = redis,
        from roster: Roster = roster,
        _ spare: RosterChange.Spare = .init()
    ) -> RosterChange {
        RosterChange(to: Configuration(redis: redis, pools: pools), from: Self.redis, roster, spare)
    }

    @Test func `the same configuration changes nothing`() {
        let change = Self.change(to: [Self.web, Self.mail])
        #expect(change.pools.isEmpty)
        #expect(change.newStables.isEmpty)
        #expect(change.summary.isEmpty)
        #expect(change.roster == Self.roster)
    }

    @Test func `another number of workers leaves those that there are alone`() {
        var web = Self.web
        web.workers = 12
        let change = Self.change(to: [web, Self.mail])
        #expect(change.pools == [.changed(0, workers: 12, .nothing)])
        #expect(change.summary == ["web has 12 workers, 2 before"])
    }

    @Test func `queues and limits are told to the workers`() {
        var (web, mail) = (Self.web, Self.mail)
        web.queues = ["high", "low"]
        mail.stopTimeout = .seconds(9)
        let change = Self.change(to: [web, mail])
        #expect(
            change.pools == [
                .changed(0, workers: nil, .settings), .changed(1, workers: nil, .settings),
            ])
        #expect(change.summary == ["web serves high, low", "mail has new settings"])
    }

    @Test func `another interpreter means a new stable and new workers for its pools alone`() {
        var web = Self.web
        web.python.preload = ["app.web"]
        let change = Self.change(to: [web, Self.mail])
        #expect(change.newStables == [1])
        #expect(change.roster.stableOfPool == [1, 0])
        #expect(change.roster.stables[1].poolNames == "web")
        #expect(change.pools == [.changed(0, workers: nil, .replacement)])
        #expect(change.summary == ["web has new workers"])
    }

    @Test func `horses that come about in another way need a new stable`() {
        var web = Self.web
        web.isolation = .spawn
        let change = Self.change(to: [web, Self.mail])
        #expect(change.newStables == [1])
        #expect(change.roster.stables[1].isolation == .spawn)
        #expect(change.pools == [.changed(0, workers: nil, .replacement)])
    }

    @Test func `another user means a new stable, as another interpreter does`() {
        var web = Self.web
        web.account.user = "app"
        let change = Self.change(to: [web, Self.mail])
        #expect(change.pools == [.changed(0, workers: nil, .replacement)])
        #expect(change.newStables == [1])
        #expect(change.roster.stables[1].account.user == "app")
    }

    @Test func `pools that change in the same way share the new stable`() {
        var (web, mail) = (Self.web, Self.mail)
        web.python.environment = ["TZ": "UTC"]
        mail.python.environment = ["TZ": "UTC"]
        let change = Self.change(to: [web, mail])
        #expect(change.newStables == [1])
        #expect(change.roster.stableOfPool == [1, 1])
        #expect(change.roster.stables[1].poolNames == "web+mail")
    }

    @Test func `another Redis means new workers everywhere`() {
        let new = RedisConfiguration(url: "redis://elsewhere")
        let change = Self.change(to: [Self.web, Self.mail], redis: new)
        #expect(change.newStables == [1])
        #expect(
            change.pools == [
                .changed(0, workers: nil, .replacement), .changed(1, workers: nil, .replacement),
            ])
    }

    @Test func `a new pool and one that is gone`() {
        let batch = PoolConfiguration(name: "batch", workers: 3)
        let change = Self.change(to: [batch, Self.web])
        #expect(change.pools == [.added(2), .removed(1)])
        #expect(change.roster.order == [2, 0])
        #expect(change.roster.stableOfPool[2] == 0)
        #expect(change.roster.pool(named: "mail") == nil)
        #expect(change.summary == ["pool batch is new", "pool mail is gone"])
    }

    @Test func `numbers that nobody uses any more are used again`() {
        let without = Self.change(to: [Self.web]).roster
        var other = Self.mail
        other.python.interpreter = "/opt/bin/python"
        let change = Self.change(
            to: [Self.web, other], from: without, .init(pools: [1], stables: []))
        #expect(change.pools == [.added(1)])
        #expect(change.newStables == [1])
        #expect(change.roster.pools[1] == other)
    }

    @Test func `a pool for a worker class has no stable, and takes no settings while it runs`() {
        var hosted = Self.web
        hosted.workerClass = "rq.SimpleWorker"
        let roster = Roster([hosted], redis: Self.redis, host: "h")
        var new = hosted
        new.stopTimeout = .seconds(9)
        #expect(
            Self.change(to: [new], from: roster).pools == [.changed(0, workers: nil, .replacement)])
        #expect(Self.change(to: [Self.web], from: roster).newStables == [0])
        #expect(Self.change(to: [hosted]).roster.stableOfPool == [nil, 0])
    }

    @Test func `a restart gives pools that shared a stable a new one to share`() {
        let change = RosterChange(restarting: [0, 1], Self.roster, .init())
        #expect(change.newStables == [1])
        #expect(change.roster.stableOfPool == [1, 1])
        #expect(change.roster.stables[1] == Self.roster.stables[0])
        #expect(change.summary == ["web has new workers", "mail has new workers"])
    }

    @Test func `a restart of one pool leaves the other its stable`() {
        let change = RosterChange(restarting: [1], Self.roster, .init())
        #expect(change.roster.stableOfPool == [0, 1])
        #expect(change.pools == [.changed(1, workers: nil, .replacement)])
    }
}
