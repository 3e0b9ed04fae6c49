import Glibc
import Testing

@testable import WorkerPool

/// One idle worker of a pool waits on Redis, the others for it.
@Suite struct PoolLeadTests {
    private let board: Scoreboard
    private let lead: PoolLead

    init() throws {
        board = try Scoreboard(slots: 600)
        board.used = 6
        for slot in 1..<5 { board[slot].pool = 3 }
        board[0].pool = 0
        board[5].pool = 0
        lead = PoolLead(board, pool: 3)
    }

    @Test func `the first idle worker leads and the others follow`() {
        #expect(lead.seek(3))
        #expect(!lead.seek(1))
        #expect(!lead.seek(2))
        #expect(lead.leader == 3)
        #expect(board[1].isFollowing && board[2].isFollowing)
    }

    @Test func `a leader that asks again stays the leader`() {
        #expect(lead.seek(2))
        #expect(lead.seek(2))
        #expect(!board[2].isFollowing)
    }

    @Test func `a leader with a job tells the next follower`() {
        for slot in [2, 1, 4] { _ = lead.seek(slot) }
        #expect(told(by: 2) == [4])
        #expect(lead.leader == 4)
        #expect(!board[4].isFollowing && board[1].isFollowing)
    }

    @Test func `without followers there is no leader until one is idle again`() {
        _ = lead.seek(2)
        #expect(told(by: 2) == [])
        #expect(lead.leader == nil)
        #expect(lead.seek(1))
    }

    @Test func `a follower that takes a job by itself changes nothing`() {
        for slot in [2, 3] { _ = lead.seek(slot) }
        #expect(told(by: 3) == [])
        #expect(lead.leader == 2)
        #expect(told(by: 2) == [])
    }

    @Test func `a follower that is gone is passed over`() {
        for slot in [1, 2, 3] { _ = lead.seek(slot) }
        var asked: [Int] = []
        lead.leave(1) { slot in
            asked.append(slot)
            return slot != 2
        }
        #expect(asked == [2, 3])
        #expect(lead.leader == 3)
    }

    @Test func `pools do not mix`() {
        let other = PoolLead(board, pool: 0)
        #expect(other.seek(0))
        #expect(!other.seek(5))
        #expect(lead.seek(1))
        #expect(told(by: 1) == [])
        #expect(other.leader == 0)
        #expect(board[5].isFollowing)
    }

    @Test func `a slot that came later takes its turn, one that was given away does not`() {
        _ = lead.seek(4)
        board.used = 301
        board[300].pool = 3
        board[2].leave()
        board[2].occupy(pool: 0)
        _ = PoolLead(board, pool: 0).seek(5)
        _ = PoolLead(board, pool: 0).seek(2)
        _ = lead.seek(300)
        #expect(told(by: 4) == [300])
        #expect(board[2].isFollowing)
    }

    @Test func `the word reaches the socket of the slot, and of no other`() throws {
        let mine = try PromotionSocket(slot: 7, master: getpid())
        let other = try PromotionSocket(slot: 8, master: getpid())
        #expect(PromotionSocket.tell(slot: 7, master: getpid()))
        #expect(mine.receive())
        #expect(!mine.receive())
        #expect(!other.receive())
        #expect(!PromotionSocket.tell(slot: 9, master: getpid()))
    }

    private func told(by slot: Int) -> [Int] {
        var told: [Int] = []
        lead.leave(slot) {
            told.append($0)
            return true
        }
        return told
    }
}
