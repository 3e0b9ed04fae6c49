import CLinux
import Glibc

/// Puts the limits of a pool on processes of its workers.
///
/// *Worker process.* What a slot stable has, its horses inherit; what would end the slot stable
/// itself one day, such as a limit of processor time, is put on each horse. Both are done from
/// outside, so that nothing of it costs a job's process anything.
struct ProcessLimits: Sendable {
    private let limits: PoolLimits

    /// A limit that the system did not accept.
    struct Refusal: Error, Equatable {
        /// The key in the configuration.
        let key: String
        /// The system's words.
        let reason: String
    }

    init(_ limits: PoolLimits) { self.limits = limits }

    /// Whether horses need something that they do not inherit.
    var concernsHorses: Bool { !limits.resources.isEmpty || limits.oomScoreAdjust != 0 }

    /// Whether there is anything to set.
    var isNeeded: Bool {
        concernsHorses || limits.nice != 0 || limits.ioClass != .none || limits.cpuAffinity != nil
    }

    /// Limits a process that the jobs' processes descend from.
    ///
    /// - Returns: what was refused.
    func limit(ancestor pid: Int32) -> [Refusal] {
        var refused: [Refusal] = []
        if limits.nice != 0, rqd_set_nice(pid, Int32(limits.nice)) != 0 {
            refused.append(Self.refusal("nice"))
        }
        if let kind = limits.ioClass.number,
            rqd_set_io_priority(pid, kind, Int32(limits.ioClass == .idle ? 0 : limits.ioPriority))
                != 0
        {
            refused.append(Self.refusal("io_scheduling_class"))
        }
        if let mask = limits.cpuAffinity.flatMap(ProcessorList.init)?.mask,
            rqd_set_cores(pid, mask, mask.count * 8) != 0
        {
            refused.append(Self.refusal("cpu_affinity"))
        }
        return refused
    }

    /// Limits a process that runs jobs, before it has one.
    ///
    /// - Returns: what was refused.
    func limit(runner pid: Int32) -> [Refusal] {
        var refused: [Refusal] = []
        if limits.oomScoreAdjust != 0, !isOomScoreTheirs {
            let path = "/proc/\(pid)/oom_score_adj"
            if !ControlFile.write("\(limits.oomScoreAdjust)", to: path) {
                refused.append(Self.refusal("oom_score_adjust"))
            }
        }
        for (name, text) in limits.resources {
            guard let number = ResourceLimit.numbers[name], let limit = ResourceLimit(text) else {
                continue
            }
            if rqd_set_resource_limit(pid, number, limit.soft, limit.hard) != 0 {
                refused.append(Self.refusal("limit_\(name)"))
            }
        }
        return refused
    }

    /// Limits an interpreter that runs jobs itself.
    ///
    /// - Returns: what was refused.
    func limitHosted(_ pid: Int32) -> [Refusal] {
        limit(ancestor: pid) + limit(runner: pid) + limitOomScore { _ in }
    }

    /// Whether each process that runs jobs has to set `oom_score_adjust` itself: none but root may
    /// write that of a process that is not dumpable.
    var isOomScoreTheirs: Bool { limits.oomScoreAdjust != 0 && geteuid() != 0 }

    /// Has a process that forks those that run jobs pass `oom_score_adjust` on, where it is theirs.
    ///
    /// - Parameter pass: takes the score.
    /// - Returns: what is refused: everybody may raise the score, and none but root lower it.
    func limitOomScore(_ pass: (Int) -> Void) -> [Refusal] {
        guard isOomScoreTheirs else { return [] }
        pass(limits.oomScoreAdjust)
        let text = ProcessFile.text("/proc/self/oom_score_adj")?.prefix { $0 != "\n" } ?? ""
        guard let ours = Int(text), limits.oomScoreAdjust < ours else { return [] }
        return [Refusal(key: "oom_score_adjust", reason: String(cString: strerror(EACCES)))]
    }

    /// Sets this process's own `oom_score_adjust`, where it is its own affair.
    ///
    /// *A fresh child, before it becomes another program.*
    func limitOwnOomScore() {
        guard isOomScoreTheirs, rqd_set_dumpable(1) == 0 else { return }
        // What is refused the parent has told.
        _ = ControlFile.write("\(limits.oomScoreAdjust)", to: "/proc/self/oom_score_adj")
    }

    private static func refusal(_ key: String) -> Refusal {
        Refusal(key: key, reason: String(cString: strerror(errno)))
    }
}

extension PoolLimits.IOClass {
    /// The kernel's number; nil where nothing is to be changed.
    ///
    /// Source: ioprio_set(2).
    fileprivate var number: Int32? {
        switch self {
        case .none: nil
        case .realtime: 1
        case .bestEffort: 2
        case .idle: 3
        }
    }
}
