import CLinux
import Glibc

/// What every worker is doing, in memory that the master and its workers share.
///
/// One mapping, made before the first fork, with a record of fixed size per slot. A slot's worker
/// writes its record and the master reads it; nobody waits for anybody. There are no pointers inside: positions are
/// counted in words, so that the content means the same in every process.
///
/// There is room for more slots than are in use: what was never touched takes no memory. Which slots
/// belong to which pool is written in the records, so a pool's slots may lie anywhere.
///
/// The master is told of changes only when it asked (`wantNews`), so that a
/// thousand short jobs a second cost it nothing.
///
/// `@unchecked Sendable`: the shared words are read and written by atomic
/// operations only, the texts by `SharedText`'s rules; the rest never changes.
final class Scoreboard: @unchecked Sendable {
    /// How many records there is room for.
    let slots: Int
    /// How many records, from the first on, have ever been used; nobody looks beyond.
    ///
    /// *Master process* alone sets it.
    var used: Int {
        get { Int(truncatingIfNeeded: rqd_load(words + 3)) }
        set { rqd_store(words + 3, UInt64(newValue)) }
    }
    /// What all processes count; it lies behind the records.
    let metrics: MetricsBoard
    /// Readable (`eventfd`) when there is news that was asked for; stays open in the workers.
    var newsDescriptor: Int32 { eventDescriptor.number }

    /// The memory itself, for handing it on; closed in the workers.
    var memoryDescriptor: Int32 { memory.number }

    private let memory: OwnedDescriptor
    private let words: UnsafeMutablePointer<UInt64>
    private let lengthBytes: Int
    private let eventDescriptor: OwnedDescriptor

    /// The words in front of the pools' leaders: whether news is wanted, when a worker last told of
    /// trouble with Redis, whether one told that Redis cannot tell of pushes, `used`, how many
    /// queues the scheduler leads, whether one told that the clocks differ, and two more.
    private static let headerWords = 8
    /// The words in front of the first record: for each pool a leader, and since when jobs wait; there
    /// are no more pools with workers than slots.
    private let wordsInFront: Int

    /// What a program must agree on with another that uses the same memory, in words.
    static var layout: [Int] {
        [
            headerWords, 2, SlotRecord.words, SlotRecord.version, MetricsBoard.words,
            MetricsBoard.version,
        ]
    }

    /// Makes the mapping; its pages cost memory once they are written to.
    convenience init(slots: Int) throws(SystemCallError) {
        precondition(slots >= 0, "a number of slots")
        let number = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard number >= 0 else { throw .last("eventfd", "scoreboard") }
        let news = OwnedDescriptor(adopting: number)
        let memory = rqd_memfd_create("rqd-scoreboard")
        guard memory >= 0 else { throw .last("memfd_create", "scoreboard") }
        try self.init(OwnedDescriptor(adopting: memory), news, slots)
    }

    /// Takes over what another program has made.
    ///
    /// - Parameters:
    ///   - memory: its `memoryDescriptor`.
    ///   - news: its `newsDescriptor`.
    ///   - slots: how many records there is room for.
    /// - Throws: `SystemCallError` when it cannot be mapped.
    convenience init(
        adopting memory: Int32, news: Int32, slots: Int
    ) throws(SystemCallError) {
        try self.init(OwnedDescriptor(adopting: memory), OwnedDescriptor(adopting: news), slots)
    }

    private init(
        _ memory: consuming OwnedDescriptor, _ news: consuming OwnedDescriptor, _ slots: Int
    ) throws(SystemCallError) {
        wordsInFront = (Self.headerWords + 2 * slots + 7) / 8 * 8
        let wordsOfRecords = wordsInFront + slots * SlotRecord.words
        let lengthBytes = (wordsOfRecords + MetricsBoard.words) * 8
        let number = memory.number
        rqd_set_cloexec(number, 1)
        rqd_set_cloexec(news.number, 1)
        self.memory = memory
        eventDescriptor = news
        guard ftruncate(number, off_t(lengthBytes)) == 0 else {
            throw .last("ftruncate", "\(lengthBytes) bytes for the scoreboard")
        }
        let mapped = mmap(
            nil, lengthBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, number, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw .last("mmap", "\(lengthBytes) bytes for the scoreboard")
        }
        self.slots = slots
        self.lengthBytes = lengthBytes
        words = mapped.bindMemory(to: UInt64.self, capacity: lengthBytes / 8)
        metrics = MetricsBoard(at: words + wordsOfRecords)
    }

    deinit { munmap(words, lengthBytes) }

    /// The record of a slot; slots are counted through all pools.
    subscript(slot: Int) -> SlotRecord {
        precondition((0..<slots).contains(slot), "slot \(slot) of \(slots)")
        return SlotRecord(
            start: words + wordsInFront + slot * SlotRecord.words, scoreboard: self)
    }

    /// The slot of a pool's leader and one more; 0 for none.
    func leader(ofPool pool: Int) -> UInt64 { rqd_load(leaderWord(pool)) }

    /// Changes a pool's leader if it is `expected`.
    ///
    /// - Returns: what it was before.
    func exchangeLeader(ofPool pool: Int, _ expected: UInt64, for desired: UInt64) -> UInt64 {
        rqd_exchange_if(leaderWord(pool), expected, desired)
    }

    /// Since when a pool's oldest job has waited; nil for none, and where nobody looks.
    func waitingSince(pool: Int) -> MonotonicTime? {
        let word = rqd_load(leaderWord(pool) + slots)
        return word == 0 ? nil : MonotonicTime(nanoseconds: word)
    }

    /// Tells it.
    ///
    /// *Scheduler process.*
    func setWaiting(pool: Int, since: MonotonicTime?) {
        rqd_store(leaderWord(pool) + slots, since?.nanoseconds ?? 0)
    }

    private func leaderWord(_ pool: Int) -> UnsafeMutablePointer<UInt64> {
        precondition((0..<slots).contains(pool), "pool \(pool) of at most \(slots)")
        return words + Self.headerWords + pool
    }

    /// Asks for news, once, and forgets what came before.
    ///
    /// *Master process.* Ask first and read the records afterwards: what changes
    /// in between is then news.
    func wantNews() {
        var count: UInt64 = 0
        _ = read(newsDescriptor, &count, 8)
        rqd_store(words, 1)
    }

    /// Stops `newsDescriptor` from being readable, without asking again.
    ///
    /// *Master process.*
    func forgetNews() {
        var count: UInt64 = 0
        _ = read(newsDescriptor, &count, 8)
    }

    /// Whether a worker may tell of trouble with Redis; in a minute, one of them may.
    ///
    /// *Worker process.* What many see at once is told once. A server that was away and now
    /// refuses to work is news at once.
    ///
    /// - Parameters:
    ///   - now: this moment.
    ///   - refusal: whether the server answers.
    /// - Returns: true for the one that is to tell.
    func mayTellTrouble(at now: MonotonicTime, refusal: Bool) -> Bool {
        // The last bit says what kind of trouble it was.
        let told = rqd_load(words + 1)
        let isRecent = told != 0 && now.nanoseconds < told &+ 55_000_000_000
        let isNews = refusal && told & 1 == 0
        guard !isRecent || isNews else { return false }
        let new = max(2, now.nanoseconds & ~1) | (refusal ? 1 : 0)
        return rqd_compare_exchange(words + 1, told, new) != 0
    }

    /// Whether a worker may tell that the trouble is over: the first that finds it so.
    ///
    /// *Worker process.*
    func mayTellRelief() -> Bool {
        let told = rqd_load(words + 1)
        return told != 0 && rqd_compare_exchange(words + 1, told, 0) != 0
    }

    /// Whether a worker has told of trouble with Redis that is not over.
    var isRedisInTrouble: Bool { rqd_load(words + 1) != 0 }

    /// For how many queues the service's scheduler moves jobs; nil while it cannot.
    ///
    /// *Scheduler process* sets it.
    var queuesLed: Int? {
        get {
            let word = rqd_load(words + 4)
            return word == 0 ? nil : Int(truncatingIfNeeded: word) - 1
        }
        set { rqd_store(words + 4, newValue.map { UInt64($0) + 1 } ?? 0) }
    }

    /// Whether a worker may tell that Redis cannot tell of pushes: the first one.
    ///
    /// *Worker process.*
    func mayTellDeafness() -> Bool { rqd_compare_exchange(words + 2, 0, 1) != 0 }

    /// Whether a process may tell that the clocks of Redis and this host differ, or agree again: the
    /// first that finds it so.
    ///
    /// *Worker and scheduler processes.*
    func mayTellClocks(differ: Bool) -> Bool {
        rqd_compare_exchange(words + 5, differ ? 0 : 1, differ ? 1 : 0) != 0
    }

    /// Tells the master that a record changed, if it asked to be told.
    ///
    /// *Worker process.*
    func news() {
        guard rqd_load(words) == 1, rqd_compare_exchange(words, 1, 0) != 0 else { return }
        var one: UInt64 = 1
        _ = write(newsDescriptor, &one, 8)
    }
}
