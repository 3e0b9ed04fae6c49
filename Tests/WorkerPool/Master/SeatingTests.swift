import Testing

@testable import WorkerPool

@Suite struct SeatingTests {
    private static let web = PoolConfiguration(name: "web", workers: 2)
    private static let mail = PoolConfiguration(name: "mail", workers: 1)
    private static let other = PoolConfiguration(
        name: "other", workers: 1, python: PythonConfiguration(interpreter: "/opt/bin/python"))

    @Test func `slots are counted through all pools and named within theirs`() {
        let seating = Seating([Self.web, Self.mail], host: "h")
        #expect(seating.seats.map(\.label) == ["web/0", "web/1", "mail/0"])
        #expect(seating.seats.map(\.name) == ["h.web.0", "h.web.1", "h.mail.0"])
    }

    @Test func `pools with the same settings share a stable`() {
        let seating = Seating([Self.web, Self.other, Self.mail], host: "h")
        #expect(seating.pythons == [Self.web.python, Self.other.python])
        #expect(seating.seats.map(\.stable) == [0, 0, 1, 0])
        #expect(seating.poolNames(of: 0) == "web+mail")
        #expect(seating.poolNames(of: 1) == "other")
    }

    @Test func `a pool without workers needs no stable`() {
        var empty = Self.other
        empty.workers = 0
        let seating = Seating([Self.web, empty], host: "h")
        #expect(seating.pythons == [Self.web.python])
        #expect(seating.seats.count == 2)
    }

    @Test func `a pool whose jobs a worker class runs needs no stable, rq's own name for it does`()
    {
        var hosted = Self.other
        hosted.workerClass = "rq.SimpleWorker"
        var own = Self.mail
        own.workerClass = "rq.Worker"
        let seating = Seating([hosted, own], host: "h")
        #expect(seating.seats.map(\.stable) == [nil, 0])
        #expect(seating.pythons == [own.python])
    }
}
