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
        #expect(joins(3))
        #expect(!joins(1))
        #expect(!joins(2))
        #expect(lead.leader == 3)
        #expect(board[1].isFollowing && board[2].isFollowing)
    }

    @Test func `a leader that asks again stays the leader`() {
        #expect(joins(2))
        #expect(joins(2))
    }

    @Test func `a leader with a job notifies the next follower, which takes the lead`() {
        for slot in [2, 1, 4] { _ = joins(slot) }
        #expect(notified(byDepartureOf: 2) == [4])
        #expect(lead.leader == nil)
        #expect(joins(4))
        #expect(!joins(1))
    }

    @Test func `without followers there is no leader until one is idle again`() {
        _ = joins(2)
        #expect(notified(byDepartureOf: 2) == [])
        #expect(lead.leader == nil)
        #expect(joins(1))
    }

    @Test func `a follower that takes a job by itself changes nothing`() {
        for slot in [2, 3] { _ = joins(slot) }
        #expect(notified(byDepartureOf: 3) == [])
        #expect(lead.leader == 2)
        #expect(notified(byDepartureOf: 2) == [])
    }

    @Test func `a follower that is gone is passed over`() {
        for slot in [1, 2, 3] { _ = joins(slot) }
        #expect(notified(byDepartureOf: 1, gone: [2]) == [2, 3])
    }

    @Test func `a follower that leaves a vacant lead notifies another`() {
        for slot in [1, 2, 3] { _ = joins(slot) }
        #expect(notified(byDepartureOf: 1) == [2])
        #expect(notified(byDepartureOf: 2) == [3])
    }

    @Test func `a leader that is deposed and all who follow have to show that they are there`() {
        for slot in [1, 2, 3] { _ = joins(slot) }
        #expect(notified(by: .deposes(1)) == [1, 2, 3])
        #expect(lead.leader == nil)
        #expect(!board[1].isFollowing && !board[2].isFollowing && !board[3].isFollowing)
        #expect(joins(3))
        #expect(notified(by: .deposes(1)) == [])
    }

    @Test func `pools do not mix`() {
        let other = PoolLead(board, pool: 0)
        #expect(other.run(.joins(0)) { _ in true })
        #expect(!other.run(.joins(5)) { _ in true })
        #expect(joins(1))
        #expect(notified(byDepartureOf: 1) == [])
        #expect(other.leader == 0)
        #expect(board[5].isFollowing)
    }

    @Test func `a slot that came later takes its turn, one that was given away does not`() {
        _ = joins(4)
        board.used = 301
        board[300].pool = 3
        board[2].leave()
        board[2].occupy(pool: 0)
        PoolLead(board, pool: 0).run(.joins(5)) { _ in true }
        PoolLead(board, pool: 0).run(.joins(2)) { _ in true }
        _ = joins(300)
        #expect(notified(byDepartureOf: 4) == [300])
        #expect(board[2].isFollowing)
    }

    @Test func `the master sees who leads, whether others follow, and the leader's steps`() {
        for slot in [2, 1] { _ = joins(slot) }
        _ = PoolLead(board, pool: 0).run(.joins(5)) { _ in true }
        board[2].progress = 17
        #expect(
            board.leads() == [
                3: LeadWatch.Reading(leader: 2, progress: 17, hasFollowers: true),
                0: LeadWatch.Reading(leader: 5),
            ])
        #expect(notified(byDepartureOf: 2) == [1])
        #expect(board.leads()[3] == LeadWatch.Reading(leader: nil, hasFollowers: true))
    }

    @Test func `a notification reaches the socket of the slot, and of no other`() throws {
        let mine = try PromotionSocket(slot: 7, master: getpid())
        let other = try PromotionSocket(slot: 8, master: getpid())
        #expect(PromotionSocket.send(toSlot: 7, master: getpid()))
        #expect(mine.receive())
        #expect(!mine.receive())
        #expect(!other.receive())
        #expect(!PromotionSocket.send(toSlot: 9, master: getpid()))
    }

    private func joins(_ slot: Int) -> Bool { lead.run(.joins(slot)) { _ in true } }

    private func notified(byDepartureOf slot: Int, gone: Set<Int> = []) -> [Int] {
        notified(by: .departs(slot), gone: gone)
    }

    private func notified(by step: LeadStep, gone: Set<Int> = []) -> [Int] {
        var notified: [Int] = []
        lead.run(step) {
            notified.append($0)
            return !gone.contains($0)
        }
        return notified
    }
}
