import RQ
import Testing

@testable import WorkerPool

@Suite struct CronBookTests {
    private var book = CronBook([
        CronEntry(name: "a", call: Call("f"), queue: "q", schedule: .every(.seconds(60))),
        CronEntry(name: "b", call: Call("f"), queue: "q", schedule: .every(.seconds(90))),
    ])
    private let now = Timestamp(epochSeconds: 1_800_000_000)

    private func after(_ seconds: Int) -> Timestamp {
        Timestamp(epochSeconds: now.epochSeconds + seconds)
    }

    @Test mutating func `nothing is due until this scheduler leads`() {
        #expect(book.nextDue == nil && book.due(at: now) == nil)
        book.lead(lasts: [after(-70), after(-30)], at: now)
        #expect(book.due(at: now)?.entry.name == "a")
        #expect(book.nextDue == after(-10))
    }

    @Test mutating func `what was queued is due again after its interval`() {
        book.lead(lasts: [nil, after(-30)], at: now)
        book.queued(0, last: now, at: now)
        #expect(book.due(at: now) == nil)
        #expect(book.nextDue == after(60))
        #expect(book.due(at: after(60))?.index == 0)
    }

    @Test mutating func `who does not lead any more queues nothing`() {
        book.lead(lasts: [], at: now)
        book.follow()
        #expect(book.due(at: now) == nil)
    }

    @Test mutating func `an entry that cannot be queued does not stop the others`() {
        book.lead(lasts: [], at: now)
        book.drop(0)
        #expect(book.due(at: now)?.entry.name == "b")
    }

    @Test mutating func `a moment of the calendar is due once, though clocks differ`() throws {
        let times = try #require(CronTimes("* * * * *"))
        book = CronBook([
            CronEntry(name: "c", call: Call("f"), queue: "q", schedule: .times(times))
        ])
        book.lead(lasts: [after(-50)], at: now)
        let moment = try #require(book.nextDue)
        // The timer was early by a whisker.
        book.queued(0, last: Timestamp(microseconds: moment.microseconds - 10), at: now)
        #expect(try #require(book.nextDue) > moment)
    }
}
