@testable import WorkerPool

/// Plays the operating system to a `MasterState`: starts what it orders, and keeps the time.
///
/// Pids are 100 + slot + 10 for each generation after the first; stables have 900 + index, the
/// scheduler 800.
struct MasterRehearsal: ~Copyable {
    private(set) var state: MasterState
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    static let scheduler: Int32 = 800
    static let check: Int32 = 700
    static let canary: Int32 = 600

    init(
        workers: Int = 2, stables: Int = 0, scheduler: MasterScheduler? = nil,
        _ replacement: WorkerReplacement = .always
    ) {
        // Each further stable has a pool of its own, without workers but for one in it.
        let more = (1..<max(stables, 1)).map { Self.pool(1, stable: $0) }
        self.init(
            pools: [Self.pool(workers, stable: stables > 0 ? 0 : nil)] + more, stables: stables,
            scheduler: scheduler, replacement)
    }

    init(
        pools: [MasterPool], stables: Int = 0, scheduler: MasterScheduler? = nil,
        _ replacement: WorkerReplacement = .always, room: Int = 100
    ) {
        let interpreters = (0..<stables).map { MasterStable(interpreter: "/opt/python\($0)") }
        state = MasterState(
            pools: pools, stables: interpreters, scheduler: scheduler, replacement: replacement,
            room: room)
    }

    static func pool(_ workers: Int, stable: Int? = nil) -> MasterPool {
        MasterPool(
            wanted: workers, stable: stable, stopTimeout: .seconds(180), killGrace: .seconds(5))
    }

    /// Starts everything, and lets every worker register.
    mutating func begin() {
        carryOut(state.start())
        for slot in state.slots.indices { register(slot) }
    }

    /// Starts everything; no worker gets anywhere yet.
    mutating func beginOnly() -> [MasterAction] { carryOut(state.start()) }

    /// Starts everything and tells what was ordered, without doing it.
    mutating func ordersAtStart() -> [MasterAction] { state.start() }

    /// A worker ended; what follows is told and not done.
    mutating func endedUnstarted(_ slot: Int, _ ending: Ending) -> [MasterAction] {
        state.workerEnded(slot: slot, ending, Self.reading(of: slot), at: now, jitter: 0.5)
    }

    static func pid(_ slot: Int, generation: Int = 1) -> Int32 {
        Int32(100 + slot + 10 * (generation - 1))
    }

    static func reading(of slot: Int, registered: Bool = true, job: String = "") -> SlotReading {
        SlotReading(
            state: registered ? .busy : .connecting, hasRegistered: registered,
            workerName: "host.default.\(slot)", jobID: job)
    }

    static func predecessor(_ slot: Int) -> Predecessor {
        Predecessor(name: "host.default.\(slot)", slotStable: nil, horse: nil)
    }

    /// The order for a worker as it is given in most cases.
    static func start(
        _ slot: Int, generation: Int, after predecessor: Predecessor? = nil,
        sweepsHost: Bool = false, settlesOnly: Bool = false
    ) -> MasterAction {
        .startWorker(
            WorkerStart(
                slot: slot, generation: generation, predecessor: predecessor,
                sweepsHost: sweepsHost, settlesOnly: settlesOnly))
    }

    mutating func pass(_ span: Duration) { now = now + span }

    mutating func register(_ slot: Int, job: String = "") {
        var readings = state.slots.map(\.reading)
        readings[slot] = Self.reading(of: slot, job: job)
        state.looked(readings)
    }

    mutating func look(_ slot: Int, _ reading: SlotReading) {
        var readings = state.slots.map(\.reading)
        readings[slot] = reading
        state.looked(readings)
    }

    mutating func ended(
        _ slot: Int, _ ending: Ending, _ last: SlotReading? = nil, jitter: Double = 0.5
    ) -> [MasterAction] {
        carryOut(
            state.workerEnded(
                slot: slot, ending, last ?? Self.reading(of: slot), at: now, jitter: jitter))
    }

    mutating func stableEnded(
        _ index: Int, _ ending: Ending, failure: String = ""
    ) -> [MasterAction] {
        carryOut(state.stableEnded(index, ending, failure: failure, at: now, jitter: 0.5))
    }

    /// The stable tells how the loading goes.
    mutating func hear(stable: Int) { state.stableIsHeard(stable, at: now) }

    /// It has told that all is loaded.
    mutating func loaded(stable: Int) { state.stableLoaded(stable) }

    mutating func look(stable: Int, ready: Bool, requests: Bool, working: Bool) -> [MasterAction] {
        var looks: [StableLook?] = state.stables.map { _ in nil }
        looks[stable] = StableLook(isReady: ready, hasRequests: requests, isWorking: working)
        return state.lookedAtStables(looks, at: now)
    }

    mutating func schedulerEnded() -> [MasterAction] {
        carryOut(state.schedulerEnded(at: now, jitter: 0.5))
    }

    mutating func couldNotStart(_ slot: Int) -> [MasterAction] {
        state.workerNotStarted(slot: slot, at: now, jitter: 0.5)
    }

    mutating func scale(_ pool: Int, to count: Int) -> [MasterAction] {
        carryOut(state.scale(pool: pool, to: count, at: now))
    }

    mutating func pause(_ pool: Int, _ isPaused: Bool) -> [MasterAction] {
        carryOut(state.pause(pool: pool, isPaused))
    }

    mutating func beginChange() -> [MasterAction] { carryOut(state.beginChange()) }

    /// New stables are tried; their canaries are on their way.
    mutating func tryOut(_ stables: Int...) -> [MasterAction] {
        let new = stables.map { ($0, MasterStable(interpreter: "/opt/python\($0)")) }
        return carryOut(state.tryOut(Dictionary(uniqueKeysWithValues: new)))
    }

    mutating func canaryEnded(_ stable: Int, _ ending: Ending) -> MasterChange.Result? {
        state.canaryEnded(stable: stable, ending)
    }

    mutating func checkEnded() { state.checkEnded() }

    mutating func dropChange() -> [MasterAction] { carryOut(state.dropChange()) }

    mutating func commit(_ changes: [PoolChange], _ new: [MasterPool]) -> [MasterAction] {
        carryOut(state.commit(changes, new, at: now))
    }

    mutating func roll() -> [MasterAction] { carryOut(state.roll(at: now)) }

    mutating func changeResult() -> MasterChange.Result? { state.changeResult(at: now) }

    mutating func changeScheduler(isWanted: Bool) -> [MasterAction] {
        carryOut(state.changeScheduler(isWanted: isWanted))
    }

    mutating func scaleByItself(
        waiting: [Int: MonotonicTime] = [:], isPressed: Bool = false
    ) -> [MasterAction] {
        carryOut(state.scaleByItself(waiting: waiting, isPressed: isPressed, at: now))
    }

    mutating func watch() -> [MasterAction] { carryOut(state.watch(at: now)) }

    mutating func asked(_ request: StopRequest) -> [MasterAction] {
        carryOut(state.asked(request, at: now))
    }

    /// Lets the time pass until something is due, and has it done.
    mutating func waitUntilDue() -> [MasterAction] {
        if let next = state.nextDue, next > now { now = next }
        return carryOut(state.due(at: now))
    }

    mutating func due() -> [MasterAction] { carryOut(state.due(at: now)) }

    /// Does what was ordered, successfully.
    @discardableResult
    private mutating func carryOut(_ actions: [MasterAction]) -> [MasterAction] {
        for action in actions {
            switch action {
            case .startWorker(let start):
                let pid = Self.pid(start.slot, generation: start.generation)
                state.workerStarted(slot: start.slot, pid: pid, at: now)
            case .startStable(let index):
                state.stableStarted(index, pid: Int32(900 + index), at: now)
            case .startScheduler: state.schedulerStarted(pid: Self.scheduler, at: now)
            case .startCheck: state.checkStarted(pid: Self.check)
            case .startCanary(let stable):
                state.canaryStarted(stable: stable, pid: Self.canary + Int32(stable))
            case .tell, .tellSettings, .scaled, .vacated, .signal, .postponed, .overdue, .hung,
                .stableHangs, .unsettled, .askStable, .hearStable, .finish:
                break
            }
        }
        return actions
    }
}
