import Testing

@testable import WorkerPool

/// When the master gives a pool another leader.
@Suite struct LeadWatchTests {
    private func led(_ leader: Int?, _ progress: UInt64 = 0, alone: Bool = false)
        -> LeadWatch.Reading
    {
        LeadWatch.Reading(leader: leader, progress: progress, hasFollowers: !alone)
    }

    @Test func `a leader that answers each time goes on leading`() {
        var watch = LeadWatch()
        for progress in UInt64(0)..<5 {
            #expect(watch.look([2: led(7, progress)]) == [.ask(leader: 7)])
        }
    }

    @Test func `a leader that has made no step since it was asked is deposed, and once`() {
        var watch = LeadWatch()
        #expect(watch.look([2: led(7, 3)]) == [.ask(leader: 7)])
        #expect(watch.look([2: led(7, 3)]) == [.depose(pool: 2, leader: 7)])
        #expect(watch.look([2: led(8, 3)]) == [.ask(leader: 8)])
    }

    @Test func `a lead that nobody takes is offered to all`() {
        var watch = LeadWatch()
        #expect(watch.look([2: led(nil)]) == [])
        #expect(watch.look([2: led(nil)]) == [.depose(pool: 2, leader: nil)])
    }

    @Test func `where nobody else is idle, a leader is not asked`() {
        var watch = LeadWatch()
        #expect(watch.look([2: led(7, 3, alone: true)]) == [])
        #expect(watch.look([2: led(7, 3, alone: true)]) == [])
        #expect(watch.look([2: led(7, 3)]) == [.ask(leader: 7)])
    }

    @Test func `pools are looked at one by one`() {
        var watch = LeadWatch()
        #expect(
            watch.look([0: led(1, 5), 1: led(4, 9), 2: led(nil)])
                == [.ask(leader: 1), .ask(leader: 4)])
        #expect(
            watch.look([0: led(1, 6), 1: led(4, 9), 3: led(8)])
                == [.ask(leader: 1), .depose(pool: 1, leader: 4), .ask(leader: 8)])
    }
}
