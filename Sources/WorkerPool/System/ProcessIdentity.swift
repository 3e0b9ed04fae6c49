/// A process, told apart from a later one that got the same pid.
///
/// The kernel hands out pids again. Together with the moment the process was
/// started the number is unique until the next boot.
struct ProcessIdentity: Hashable, Sendable, Codable {
    /// The process id.
    let pid: Int32
    /// When it was started, in clock ticks since boot.
    ///
    /// Source: field 22 of `/proc/<pid>/stat`, proc(5).
    let startTime: UInt64

    /// The process that has this pid now.
    ///
    /// - Returns: nothing when there is none, or none that we may see.
    static func of(_ pid: Int32) -> ProcessIdentity? {
        guard let stat = ProcessStat(pid: pid) else { return nil }
        return ProcessIdentity(pid: pid, startTime: stat.startTime)
    }

    /// Whether this very process still runs.
    ///
    /// A zombie does not run: it holds its pid, and nothing else.
    var isAlive: Bool {
        guard let stat = ProcessStat(pid: pid) else { return false }
        return stat.startTime == startTime && stat.runs
    }
}
