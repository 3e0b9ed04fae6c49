/// The whole service at one moment, as an operator wants to read it.
struct MasterStatus: Equatable, Sendable {
    /// How far a stop has got.
    enum Stopping: Equatable, Sendable {
        case no, warm, cold
    }

    /// Workers that ought to be there.
    var configured = 0
    /// Workers that are registered in Redis and at work, or could be.
    var registered = 0
    /// Workers that run but have not registered yet, or are cut off from what they need.
    var starting = 0
    /// Workers with a job.
    var busy = 0
    /// Workers that wait for `rqd resume POOL`.
    var paused = 0
    /// Workers that wait for `rq resume`.
    var suspended = 0
    /// Slots that wait before their next worker is started.
    var restarting = 0
    /// Slots whose workers die again and again; these are not among the `restarting`.
    var failing = 0
    /// Workers that leave after the job that they have.
    var retiring = 0
    /// Jobs that returned, since the master was started.
    var succeeded: UInt64 = 0
    /// Jobs that failed, since the master was started.
    var failed: UInt64 = 0
    /// What keeps somebody from working, "" for nothing.
    var complaint = ""
    /// Why the last reload or restart was refused, "" for nothing.
    var refusal = ""
    /// What makes forking an application unsafe, "" for nothing.
    var hazard = ""
    /// What has become of a scheduler that is wanted and does not run, "" for nothing.
    var scheduler = ""
    /// Whether it is being stopped.
    var stopping = Stopping.no
    /// Whether all has ended.
    var isOver = false
    /// Why it ends by itself, "" for nothing.
    var misconfiguration = ""

    /// For `STATUS=`: `4/4 workers, 3 busy, 1 restarting; 12041 jobs ok, 3 failed`.
    var line: String {
        if !misconfiguration.isEmpty { return misconfiguration }
        if isOver { return "stopped" }
        return switch stopping {
        case .no: workingLine
        case .warm: "stopping\(whatIsLeft)"
        case .cold: "stopping at once\(whatIsLeft)"
        }
    }

    /// For `ps`: `rqd: master 4/4`.
    var title: String { "rqd: master \(registered)/\(configured)" }

    private var workingLine: String {
        var line = "\(registered)/\(configured) workers"
        if registered > 0 || busy > 0 { line += ", \(busy) busy" }
        if paused > 0 { line += ", \(paused) paused" }
        if suspended > 0 { line += ", \(suspended) suspended" }
        if restarting > 0 { line += ", \(restarting) restarting" }
        if failing > 0 { line += ", \(failing) failing" }
        if retiring > 0 { line += ", \(retiring) retiring" }
        if starting > 0, complaint.isEmpty { line += ", \(starting) starting" }
        if registered > 0 || succeeded + failed > 0 {
            line += "; \(succeeded) \(succeeded == 1 ? "job" : "jobs") ok, \(failed) failed"
        }
        if !scheduler.isEmpty { line += "; scheduler \(scheduler)" }
        if !complaint.isEmpty { line += "; \(complaint)" }
        if !hazard.isEmpty { line += "; \(hazard)" }
        if !refusal.isEmpty { line += "; \(refusal)" }
        return line
    }

    private var whatIsLeft: String {
        if busy > 0 { return busy == 1 ? ": 1 job running" : ": \(busy) jobs running" }
        switch registered + starting + restarting {
        case 0: return ""
        case 1: return ": 1 worker left"
        case let left: return ": \(left) workers left"
        }
    }
}

extension MasterStatus {
    /// Sums up what the master knows.
    init(of state: borrowing MasterState) {
        succeeded = state.past.succeeded
        failed = state.past.failed
        refusal = state.refusal
        misconfiguration = state.misconfiguration
        isOver = state.phase == .finished
        for slot in state.slots { add(slot) }
        if state.phase == .working, let word = state.scheduler?.trouble { scheduler = word }
        let stableComplaint = state.stables.lazy
            .map(\.complaint).first { !$0.isEmpty }
        // Without an interpreter no worker can do anything: that comes first.
        if let stableComplaint { complaint = stableComplaint }
        hazard = state.stables.lazy.flatMap(\.hazards).first?.summary ?? ""
        switch state.phase {
        case .working: stopping = .no
        case .warmStop, .closing, .finished: stopping = .warm
        case .coldStop: stopping = .cold
        }
    }

    private mutating func add(_ slot: MasterSlot) {
        guard !slot.isVacant else { return }
        succeeded += slot.reading.succeeded
        failed += slot.reading.failed
        if slot.isBusy { busy += 1 }
        guard !slot.isRetiring else {
            retiring += 1
            return
        }
        configured += 1
        if slot.isPresent {
            registered += 1
            if slot.reading.state == .paused { paused += 1 }
            if slot.reading.state == .suspended { suspended += 1 }
        } else if slot.pid != nil {
            starting += 1
        }
        if slot.isFailing {
            failing += 1
        } else if slot.isRestarting {
            restarting += 1
        }
        if slot.life != .over, complaint.isEmpty { complaint = slot.reading.complaint }
    }
}
