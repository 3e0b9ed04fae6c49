import CLinux
import Testing

@testable import WorkerPool

@Suite struct SeriesTableTests {
    @Test func `a key finds its own row again, and all rows are told in order`() throws {
        let board = try Scoreboard(slots: 1)
        for (queue, function) in [("b", "f"), ("a", "g"), ("a", "f"), ("ab", ""), ("a", "f")] {
            board.metrics.jobEnded(queue: queue, function: function, .finished, ran: nil)
        }
        let all = board.metrics.jobs.all
        #expect(all.map(\.key.first) == ["a", "a", "ab", "b"])
        #expect(all.map(\.key.second) == ["f", "g", "", "f"])
        #expect(all.map(\.cells[0]) == [2, 1, 1, 1])
    }

    @Test func `what finds no room is counted together, and rows that are there go on`() throws {
        let board = try Scoreboard(slots: 1)
        for round in 1...2 {
            for number in 0..<MetricsBoard.jobRows + 10 {
                board.metrics.jobEnded(queue: "q", function: "f\(number)", .failed, ran: nil)
            }
            let all = board.metrics.jobs.all
            #expect(all.count == MetricsBoard.jobRows + 1)
            let failed = all.map { $0.cells[JobEnd.failed.rawValue] }
            #expect(all[0].key == .other && failed[0] == UInt64(10 * round))
            #expect(failed.dropFirst().allSatisfy { $0 == UInt64(round) })
        }
    }

    @Test func `a row that somebody died over is passed by, and doubled rows are added up`() throws
    {
        let words = SeriesTable.words(rows: 4, cells: 1)
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0, count: words)
        let table = SeriesTable(at: memory, rows: 4, cells: 1)
        let size = words / 5
        let place = Int(SeriesKey("q").fingerprint % 4)
        // Somebody has taken the row that comes first, and is not done with it.
        rqd_store(memory + place * size, 1)
        _ = rqd_add(table.cells(of: SeriesKey("q")), 3)
        rqd_store(memory + place * size, 0)
        _ = rqd_add(table.cells(of: SeriesKey("q")), 4)
        #expect(table.all.count == 1)
        #expect(table.all[0].cells == [7])
    }

    @Test func `labels are cut between characters and have no control characters`() {
        let long = SeriesKey(String(repeating: "é", count: 100), "a\nb")
        #expect(long.first == String(repeating: "é", count: 60))
        #expect(!long.second.contains("\n"))
        #expect(SeriesKey(long.first, long.second) == long)
    }
}
