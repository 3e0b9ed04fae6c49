import CLinux

/// One slot's record on the `Scoreboard`: a view on shared memory, not a copy.
///
/// Each field is read and written whole. Two fields read one after the other
/// may stem from different moments.
///
/// `@unchecked Sendable` for the same reason as the scoreboard, which it keeps.
struct SlotRecord: @unchecked Sendable {
    private let start: UnsafeMutablePointer<UInt64>
    private let scoreboard: Scoreboard

    init(start: UnsafeMutablePointer<UInt64>, scoreboard: Scoreboard) {
        self.start = start
        self.scoreboard = scoreboard
    }

    /// The worker's process id; 0 when there is none.
    var pid: Int32 {
        get { Int32(truncatingIfNeeded: self[.pid]) }
        nonmutating set { self[.pid] = UInt64(UInt32(bitPattern: newValue)) }
    }

    /// The pool that the slot belongs to, counted by the master; nil while nobody has it.
    var pool: Int? {
        get { self[.pool] == 0 ? nil : Int(truncatingIfNeeded: self[.pool]) - 1 }
        nonmutating set { self[.pool] = newValue.map { UInt64($0 + 1) } ?? 0 }
    }

    /// How many workers this slot has had, the present one included: the master counts processes, a
    /// process its further registrations.
    var generation: Int {
        get { Int(truncatingIfNeeded: self[.generation]) }
        nonmutating set { self[.generation] = UInt64(newValue) }
    }

    /// What the worker is doing.
    ///
    /// Setting it also keeps `hasRegistered`, and `since`.
    var state: SlotState {
        get { SlotState(rawValue: self[.state]) ?? .vacant }
        nonmutating set {
            if newValue.provesRegistration { self[.hasRegistered] = 1 }
            if newValue.rawValue != self[.state] { self[.since] = MonotonicTime.now().nanoseconds }
            self[.state] = newValue.rawValue
        }
    }

    /// When the state became what it is; nil for a record that nobody has used yet.
    var since: MonotonicTime? {
        self[.since] == 0 ? nil : MonotonicTime(nanoseconds: self[.since])
    }

    /// Whether this generation was ever idle or beyond: its predecessor's debts are paid.
    var hasRegistered: Bool { self[.hasRegistered] != 0 }

    /// When the present job started; nothing between jobs.
    var jobStarted: MonotonicTime? {
        get { self[.jobStarted] == 0 ? nil : MonotonicTime(nanoseconds: self[.jobStarted]) }
        nonmutating set { self[.jobStarted] = newValue?.nanoseconds ?? 0 }
    }

    /// Grows with every step this generation has made.
    var progress: UInt64 {
        get { self[.progress] }
        nonmutating set { self[.progress] = newValue }
    }

    /// When the worker will have made a step at the latest, unless it hangs; nil for no promise.
    var promise: MonotonicTime? {
        get { self[.promise] == 0 ? nil : MonotonicTime(nanoseconds: self[.promise]) }
        nonmutating set { self[.promise] = newValue?.nanoseconds ?? 0 }
    }

    /// Jobs that returned, over all generations.
    var succeeded: UInt64 {
        get { self[.succeeded] }
        nonmutating set { self[.succeeded] = newValue }
    }

    /// Jobs that failed, over all generations.
    var failed: UInt64 {
        get { self[.failed] }
        nonmutating set { self[.failed] = newValue }
    }

    /// The most memory a horse of this generation has used, in bytes.
    var peakMemoryBytes: UInt64 {
        get { self[.peakMemory] }
        nonmutating set { self[.peakMemory] = newValue }
    }

    /// The copy of the stable that belongs to this slot.
    var slotStable: ProcessIdentity? {
        get { identity(.stablePid, .stableStart) }
        nonmutating set { set(newValue, .stablePid, .stableStart) }
    }

    /// The process the present job runs in.
    var horse: ProcessIdentity? {
        get { identity(.horsePid, .horseStart) }
        nonmutating set { set(newValue, .horsePid, .horseStart) }
    }

    /// The worker's name in Redis.
    var workerName: String {
        get { text(.workerName).read() }
        nonmutating set { text(.workerName).write(newValue) }
    }

    /// How many bytes of a job's id are kept.
    static var longestJobID: Int { Text.jobID.capacityBytes }

    /// The present job's id, "" between jobs; a longer one is cut to 255 bytes.
    var jobID: String {
        get { text(.jobID).read() }
        nonmutating set { text(.jobID).write(newValue) }
    }

    /// The present execution's id: 32 hexadecimal digits.
    var executionID: String {
        get { text(.executionID).read() }
        nonmutating set { text(.executionID).write(newValue) }
    }

    /// The queue the present job came from.
    var queue: String {
        get { text(.queue).read() }
        nonmutating set { text(.queue).write(newValue) }
    }

    /// The present job's function, cut to 127 bytes.
    var function: String {
        get { text(.function).read() }
        nonmutating set { text(.function).write(newValue) }
    }

    /// The last error worth showing to an operator, "" if there is none.
    var complaint: String {
        get { text(.complaint).read() }
        nonmutating set { text(.complaint).write(newValue) }
    }

    /// Whether the worker takes part in its pool's lead: it is idle, and leads or follows.
    var isFollowing: Bool {
        get { self[.isFollowing] == 1 }
        nonmutating set { self[.isFollowing] = newValue ? 1 : 0 }
    }

    /// Makes the record that of a slot which nobody has had before.
    ///
    /// *Master process*, before the slot's first worker.
    func occupy(pool: Int) {
        leave()
        self.pool = pool
    }

    /// Makes the record free for another slot, of whatever pool.
    ///
    /// *Master process*, when the slot's last worker is gone.
    func leave() {
        begin(generation: 0)
        state = .vacant
        pool = nil
        isFollowing = false
        succeeded = 0
        failed = 0
    }

    /// Makes the record ready for the slot's next worker.
    ///
    /// *Master process*, while the slot has no worker. The counts of jobs stay.
    func begin(generation: Int) {
        self.generation = generation
        state = .starting
        self[.hasRegistered] = 0
        pid = 0
        progress = 0
        promise = nil
        peakMemoryBytes = 0
        workerName = ""
        complaint = ""
        clearJob()
        slotStable = nil
    }

    /// Forgets the present job: its id, execution, queue, function, start and horse.
    func clearJob() {
        jobStarted = nil
        horse = nil
        jobID = ""
        executionID = ""
        queue = ""
        function = ""
    }

    // The layout, in words.

    private enum Number: Int, CaseIterable {
        case pid, generation, state, hasRegistered, jobStarted, progress, succeeded, failed
        case peakMemory, stablePid, stableStart, horsePid, horseStart, isFollowing, pool, since,
            promise
    }

    private enum Text: Int, CaseIterable {
        case workerName, jobID, executionID, queue, function, complaint

        var capacityBytes: Int {
            switch self {
            case .workerName, .jobID, .queue, .complaint: 255
            case .executionID: 32
            case .function: 127
            }
        }
    }

    /// Where each text starts, counted from the record's first word, and where the last one ends.
    private static let textPositions: [Int] = Text.allCases.reduce(
        into: [Number.allCases.count]
    ) { positions, text in
        positions.append(
            positions[positions.count - 1] + SharedText.words(capacityBytes: text.capacityBytes))
    }

    /// Grows when the words of a record mean something else: a new program reads what an old one wrote.
    static let version = 1

    /// The size of a record: whole cache lines, so that two workers never share one.
    static let words = (textPositions[Text.allCases.count] + 7) / 8 * 8

    private subscript(number: Number) -> UInt64 {
        get { rqd_load(start + number.rawValue) }
        nonmutating set { rqd_store(start + number.rawValue, newValue) }
    }

    private func text(_ text: Text) -> SharedText {
        SharedText(
            head: start + Self.textPositions[text.rawValue], capacityBytes: text.capacityBytes)
    }

    private func identity(_ pid: Number, _ startTime: Number) -> ProcessIdentity? {
        let number = self[pid]
        guard number != 0 else { return nil }
        return ProcessIdentity(
            pid: Int32(truncatingIfNeeded: number), startTime: self[startTime])
    }

    /// The pid is taken away first and given last, so that no reader pairs two processes.
    private func set(_ identity: ProcessIdentity?, _ pid: Number, _ startTime: Number) {
        self[pid] = 0
        guard let identity else { return }
        self[startTime] = identity.startTime
        self[pid] = UInt64(UInt32(bitPattern: identity.pid))
    }
}
