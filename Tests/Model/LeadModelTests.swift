import Testing

@testable import WorkerPool

/// All orders in which the workers of a pool and their master can change the lead.
///
/// docs/DESIGN.md says what is walked, and how many states that are.
@Suite struct LeadModelTests {
    typealias Bounds = LeadModel.Bounds

    /// What happens in the walks: always four workers and one job or two.
    static let histories: [(name: String, bounds: Bounds)] = [
        ("all start at once", Bounds(beginsIdle: false, heartbeats: 0)),
        ("jobs come while a follower looks by itself", Bounds(pushes: 2)),
        (
            "something happens to an idle worker that is no reason to look",
            Bounds(pushes: 2, heartbeats: 0, stirs: 1)
        ),
        ("a worker dies", Bounds(deaths: 1)),
        ("a worker dies, and there are two jobs", Bounds(pushes: 2, heartbeats: 0, deaths: 1)),
        ("a worker cannot claim for a while", Bounds(outages: 1)),
        ("a worker stands still, for a while or for ever", Bounds(heartbeats: 0, freezes: 1)),
        ("the master is mistaken about a leader", Bounds(heartbeats: 0, falseAlarms: 1)),
    ]

    @Test(arguments: histories.indices)
    func `no job is left beside an idle worker, in whatever order steps happen`(history: Int) {
        let (name, bounds) = Self.histories[history]
        let found = LeadModel(bounds: bounds, rules: LeadRules()).walk()
        print("\(name): \(found.states) states, \(found.rests) of them at rest")
        #expect(bounds.workers == 4)
        #expect(found.states > 50_000)
        #expect(found.rests > 20)
        #expect(found.badRests == 0)
        #expect(found.leaderlessRests == 0)
        #expect(found.doubleLeads == 0)
    }

    @Test(arguments: LeadRules.Mistake.allCases)
    func `a mistake in the protocol is found`(mistake: LeadRules.Mistake) {
        let bounds =
            switch mistake {
            case .takesBeforeItJoins: Bounds(beginsIdle: false, heartbeats: 0)
            case .forgetsTheDead: Bounds(heartbeats: 0, deaths: 1)
            case .doesNotLookAgain: Bounds(pushes: 2, heartbeats: 0, stirs: 1)
            case .looksBeforeItGivesUp, .departsSilently, .doesNotLook: Bounds(pushes: 2)
            }
        let found = LeadModel(bounds: bounds, rules: LeadRules(mistake: mistake)).walk()
        print("\(mistake): \(found.states) states, \(found.badRests + found.leaderlessRests) bad")
        #expect(found.badRests + found.leaderlessRests > 0)
    }

    @Test func `without a watch over leaders, one that stands still is found`() {
        let bounds = Bounds(workers: 3, heartbeats: 0, freezes: 1)
        let found = LeadModel(bounds: bounds, rules: LeadRules(watches: false)).walk()
        #expect(found.badRests > 0)
    }

    /// In the protocol of an earlier version, a worker that had got a job by itself could be made
    /// the leader and stayed it.
    @Test func `the first race of the former protocol is found, and not once it is repaired`() {
        let bounds = Bounds(pushes: 3)
        let found = walkFormer(bounds, FormerLeadProtocol())
        print("first race: \(found)")
        #expect(found.badRests > 0 && found.leaderlessRests > 0)
        let repaired = walkFormer(bounds, FormerLeadProtocol(passesOnWhileBusy: true))
        #expect(repaired.badRests == 0 && repaired.leaderlessRests == 0)
    }

    /// A flag that had been taken was given back, when its worker had led and left in between.
    @Test func `the second race of the former protocol is found`() {
        let bounds = Bounds(workers: 3, beginsIdle: false, pushes: 3, heartbeats: 0)
        let found = walkFormer(bounds, FormerLeadProtocol(passesOnWhileBusy: true))
        print("second race: \(found)")
        #expect(found.badRests > 0 && found.leaderlessRests > 0)
    }

    private func walkFormer(
        _ bounds: Bounds, _ former: FormerLeadProtocol
    ) -> LeadModel.Findings {
        LeadModel(bounds: bounds, rules: LeadRules(watches: false, former: former)).walk()
    }
}
