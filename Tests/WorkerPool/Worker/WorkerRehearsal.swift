@testable import RQ
@testable import WorkerPool

/// Plays the world to a `WorkerState`.
///
/// Executions are called `e1`, `e2`, … in the order in which they are made.
struct WorkerRehearsal: ~Copyable {
    private var state: WorkerState

    /// A worker that has just been started; `adjust` changes what its pool allows.
    init(
        debtReason: HandBackReason = .serviceDied, _ adjust: (inout WorkerLimits) -> Void = { _ in }
    ) {
        var limits = WorkerLimits(
            heartbeat: .seconds(30), idleHeartbeat: .seconds(60), timeoutGrace: .seconds(10),
            stopTimeout: .seconds(180), killGrace: .seconds(5), maxJobs: nil, maxIdleTime: nil,
            isBurst: false)
        adjust(&limits)
        var made = 0
        state = WorkerState(limits: limits, debtReason: debtReason) {
            made += 1
            return ExecutionID("e\(made)")
        }
    }

    /// Whether it would claim at a push.
    var canClaim: Bool { state.canClaim }

    /// Begins, and tells what it does.
    mutating func begin() -> [WorkerAction] { state.begin() }

    /// Lets these events happen.
    ///
    /// - Returns: what it does at the last one.
    @discardableResult
    mutating func tell(_ events: WorkerEvent...) -> [WorkerAction] {
        var actions: [WorkerAction] = []
        for event in events { actions = state.handle(event) }
        return actions
    }

    /// Registered, with a horse, and the first claim `e1` on its way.
    mutating func becomeReady() {
        _ = state.begin()
        tell(.linkUp, .stablePresent, .registered(unsettled: []), .horseReady)
    }

    /// Ready, and found all queues empty.
    mutating func becomeIdle() {
        becomeReady()
        tell(.claimed(.empty))
    }

    /// Runs the job `e1`; the next horse is there.
    mutating func becomeBusy() {
        becomeReady()
        tell(.claimed(.job(Self.job("e1"))), .horseReady)
    }

    /// The job `job-of-EXECUTION` with a timeout of 100 seconds.
    static func job(_ execution: ExecutionID, timeout: String = "100") -> ClaimedJob {
        var fields = FieldList()
        fields.append("timeout", Array(timeout.utf8))
        return ClaimedJob(
            queue: "default", id: JobID("job-of-\(execution)"), execution: execution,
            fields: fields)
    }

    /// The function returned None.
    static let returned = outcome(.returned(value: nil))
    /// The horse died.
    static let died = outcome(.failed(text: "it died"))
    /// The horse was killed.
    static let ending = HorseEnding(waitStatus: 9, pid: 77, usage: "0.5 0.1")

    static func outcome(_ kind: Outcome.Kind) -> Outcome {
        Outcome(
            kind: kind, started: Timestamp(epochSeconds: 1_000),
            ended: Timestamp(epochSeconds: 1_001))
    }
}
