import Glibc
import Testing

@testable import WorkerPool

@Suite struct ScoreboardTests {
    @Test func `each slot keeps its own values`() throws {
        let board = try Scoreboard(slots: 3)
        for slot in 0..<3 {
            board[slot].pid = Int32(100 + slot)
            board[slot].workerName = "host.default.\(slot)"
            board[slot].succeeded = UInt64(slot) * 10
        }
        for slot in 0..<3 {
            #expect(board[slot].pid == Int32(100 + slot))
            #expect(board[slot].workerName == "host.default.\(slot)")
            #expect(board[slot].succeeded == UInt64(slot) * 10)
        }
    }

    @Test func `a fresh record is vacant and empty`() throws {
        let record = try Scoreboard(slots: 1)[0]
        #expect(record.state == .vacant)
        #expect(record.pid == 0)
        #expect(record.jobID.isEmpty)
        #expect(record.jobStarted == nil)
        #expect(record.horse == nil)
        #expect(!record.hasRegistered)
    }

    @Test(arguments: SlotState.allCases)
    func `every state survives the trip through shared memory`(state: SlotState) throws {
        let record = try Scoreboard(slots: 1)[0]
        record.state = state
        #expect(record.state == state)
    }

    @Test func `the fields of a job are kept and cleared together`() throws {
        let record = try Scoreboard(slots: 1)[0]
        let horse = ProcessIdentity(pid: 4213, startTime: 99)
        record.jobID = "a job"
        record.executionID = "0123456789abcdef0123456789abcdef"
        record.queue = "high"
        record.function = "app.tasks.send"
        record.jobStarted = MonotonicTime(nanoseconds: 5)
        record.horse = horse
        #expect(record.executionID == "0123456789abcdef0123456789abcdef")
        #expect(record.horse == horse)
        #expect(record.jobStarted == MonotonicTime(nanoseconds: 5))
        record.clearJob()
        #expect(record.jobID.isEmpty && record.executionID.isEmpty)
        #expect(record.queue.isEmpty && record.function.isEmpty)
        #expect(record.jobStarted == nil)
        #expect(record.horse == nil)
    }

    @Test func `a text that is too long is cut and spills into no other field`() throws {
        let record = try Scoreboard(slots: 1)[0]
        record.queue = "high"
        record.jobID = String(repeating: "x", count: 10_000)
        record.function = String(repeating: "f", count: 500)
        #expect(record.jobID == String(repeating: "x", count: 255))
        #expect(record.function == String(repeating: "f", count: 127))
        #expect(record.queue == "high")
        #expect(record.workerName.isEmpty)
    }

    @Test func `a character cut in two reads as a replacement character`() throws {
        let record = try Scoreboard(slots: 1)[0]
        record.function = String(repeating: "x", count: 126) + "é"
        #expect(record.function == String(repeating: "x", count: 126) + "\u{FFFD}")
    }

    @Test(arguments: [SlotState.idle, .busy, .suspended])
    func `a worker has registered once it was idle or beyond`(state: SlotState) throws {
        let record = try Scoreboard(slots: 1)[0]
        record.begin(generation: 1)
        record.state = .connecting
        #expect(!record.hasRegistered)
        record.state = state
        record.state = .stopping
        #expect(record.hasRegistered)
    }

    @Test func `a new generation starts afresh but keeps the counts of jobs`() throws {
        let record = try Scoreboard(slots: 1)[0]
        record.state = .idle
        record.pid = 7
        record.succeeded = 12
        record.failed = 3
        record.progress = 15
        record.complaint = "connection refused"
        record.slotStable = ProcessIdentity(pid: 8, startTime: 1)
        record.begin(generation: 4)
        #expect(record.generation == 4)
        #expect(record.state == .starting)
        #expect(record.pid == 0)
        #expect(!record.hasRegistered)
        #expect(record.succeeded == 12 && record.failed == 3)
        #expect(record.progress == 0)
        #expect(record.complaint.isEmpty)
        #expect(record.slotStable == nil)
    }

    @Test func `news comes once when asked for, and not otherwise`() throws {
        let board = try Scoreboard(slots: 1)
        board.news()
        #expect(!board.hasNews)
        board.wantNews()
        #expect(!board.hasNews)
        board.news()
        board.news()
        #expect(board.hasNews)
        board.forgetNews()
        board.news()
        #expect(!board.hasNews)
        board.wantNews()
        board.news()
        #expect(board.hasNews)
    }
}

extension Scoreboard {
    /// Whether the news descriptor is readable.
    fileprivate var hasNews: Bool {
        var request = pollfd(fd: newsDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1
    }
}
