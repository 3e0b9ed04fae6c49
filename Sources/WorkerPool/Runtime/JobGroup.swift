import Glibc

/// The control group in which a slot's jobs run, as its worker uses it.
///
/// *Worker process.* The slot stable lives in it too, because a horse is born where its parent is:
/// moving each horse would cost it milliseconds (docs/decisions/0013-limits.md). So a kill spares
/// the slot stable and the horses that wait.
final class JobGroup {
    /// Who has run out of memory.
    enum Shortage: Equatable {
        /// The group, at its own limit.
        case own
        /// The service or the machine; the kernel has chosen a process of the group.
        case others
    }

    /// The group.
    let group: ControlGroup
    private var seen: (limit: Int, kills: Int) = (0, 0)

    init(_ group: ControlGroup) {
        self.group = group
        _ = shortage()
    }

    /// Takes a process in, with all that it will start.
    ///
    /// - Returns: why not.
    func take(_ pid: Int32) -> ProcessLimits.Refusal? {
        if group.take(pid) { return nil }
        let reason = String(cString: strerror(errno))
        return ProcessLimits.Refusal(key: "control group", reason: reason)
    }

    /// Whether the kernel has killed a process in it for want of memory, since this was last asked.
    func shortage() -> Shortage? {
        guard let text = group.text("memory.events") else { return nil }
        var counts: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 { counts[words[0]] = Int(words[1]) }
        }
        let now = (limit: counts["oom"] ?? 0, kills: counts["oom_kill"] ?? 0)
        defer { seen = now }
        guard now.kills > seen.kills else { return nil }
        return now.limit > seen.limit ? .own : .others
    }

    /// Kills what a job has started, wherever it went.
    ///
    /// - Parameters:
    ///   - ticks: when the job began, in clock ticks since boot; what is older is not its own.
    ///   - horse: the job's process.
    ///   - stable: the slot stable; it and its other children are spared.
    ///   - idle: horses without a job; what they have started, as they may at an import, is spared.
    func end(startedSince ticks: UInt64, horse: Int32, stable: Int32, sparing idle: [Int32]) {
        group.kill { pid in
            guard pid != stable, let stat = ProcessStat(pid: pid), stat.runs else { return false }
            if pid == horse { return true }
            guard stat.parent != stable, stat.startTime >= ticks else { return false }
            return !Self.descends(pid, from: idle)
        }
    }

    private static func descends(_ pid: Int32, from ancestors: [Int32]) -> Bool {
        var ancestor = pid
        while ancestor > 1 {
            if ancestors.contains(ancestor) { return true }
            guard let stat = ProcessStat(pid: ancestor) else { return false }
            ancestor = stat.parent
        }
        return false
    }

    /// Kills what earlier jobs have left running, so that it does not use up what the next may have.
    ///
    /// - Parameter known: the slot stable, and its horses that have not ended; what these have
    ///   started is spared.
    func endLeftovers(sparing known: [Int32]) {
        group.kill { pid in
            var ancestor = pid
            while !known.contains(ancestor) {
                guard ancestor > 1, let stat = ProcessStat(pid: ancestor) else { return true }
                // A horse that we have not heard of yet.
                if stat.parent == known.first { return false }
                if ancestor == pid, !stat.runs { return false }
                ancestor = stat.parent
            }
            return false
        }
    }
}
