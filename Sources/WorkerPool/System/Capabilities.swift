import CLinux
import Glibc

/// Rights of a process that go beyond its user's, as bits of `/proc/PID/status`.
struct Capabilities: OptionSet {
    let rawValue: UInt64

    /// To signal processes of other users.
    static let kill = Capabilities(rawValue: 1 << 5)
    /// To take on other groups.
    static let setGroup = Capabilities(rawValue: 1 << 6)
    /// To become another user.
    static let setUser = Capabilities(rawValue: 1 << 7)
    /// To favour processes, and to schedule those of other users.
    static let setNice = Capabilities(rawValue: 1 << 23)
    /// To raise limits, and to set those of other users' processes.
    static let setResources = Capabilities(rawValue: 1 << 24)

    /// Those of this process that count now.
    static var ours: Capabilities {
        guard let status = ProcessFile.text("/proc/self/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let bits = UInt64(line.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16)
        else { return [] }
        return Capabilities(rawValue: bits)
    }

    /// Gives up all but these, for good.
    ///
    /// Root keeps what it has: without its capabilities it cannot even look at what its own jobs do.
    static func keep(_ kept: Capabilities) {
        guard geteuid() != 0 else { return }
        rqd_keep_capabilities(ours.intersection(kept).rawValue)
    }

    /// What the daemon may have for itself; no job has these.
    ///
    /// To change accounts, to signal other users' processes, to set their limits.
    static let daemons: Capabilities = [.kill, .setGroup, .setUser, .setNice, .setResources]

    /// Passes on to the next program what is not for the daemon alone, and bars the way to get more
    /// by starting a set-user-ID program, for good.
    ///
    /// - Throws: what the kernel refused; the process must end then.
    static func dropDaemons() throws(SystemCallError) {
        let passed = ours.subtracting(daemons)
        rqd_bound_capabilities(passed.rawValue)
        guard rqd_pass_capabilities(passed.rawValue) == 0 else {
            throw .last("capset", "those of jobs")
        }
        guard rqd_set_no_new_privileges() == 0 else { throw .last("prctl", "PR_SET_NO_NEW_PRIVS") }
    }

    /// Gives up all of them, and the way to get any by starting a set-user-ID program, for good.
    ///
    /// - Throws: what the kernel refused; the process must end then.
    static func dropAll() throws(SystemCallError) {
        rqd_bound_capabilities(0)
        guard rqd_keep_capabilities(0) == 0 else { throw .last("capset", "none") }
        guard rqd_set_no_new_privileges() == 0 else { throw .last("prctl", "PR_SET_NO_NEW_PRIVS") }
    }
}
