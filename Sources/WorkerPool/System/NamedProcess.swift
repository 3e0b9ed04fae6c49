import CLinux
import Glibc

/// What is made of a process whose number somebody else has named.
///
/// A slot stable, or a worker class's interpreter, belongs to the jobs: what it says of processes
/// may be said to have the worker, which may signal those of all users, reach a stranger. So a number
/// is taken for what the kernel knows of it: whose child it is, and whose rights it has.
extension ProcessIdentity {
    /// The process that has this number, if it is what somebody claims it to be.
    ///
    /// - Parameters:
    ///   - pid: the number.
    ///   - parent: whose child it must be; nil for anybody's.
    ///   - user: whose rights it must have.
    /// - Returns: nil for a number that is none of a process, for init's, and for a process that is
    ///   another's child or another user's.
    static func of(_ pid: Int32, childOf parent: Int32?, user: uid_t) -> ProcessIdentity? {
        // The owner first: a later process with the number would not be the same one's child.
        guard pid > 1, ProcessFile.owner(of: pid) == user, let stat = ProcessStat(pid: pid),
            parent == nil || stat.parent == parent
        else { return nil }
        return ProcessIdentity(pid: pid, startTime: stat.startTime)
    }

    /// Whether the process is there, or the zombie that is left of it.
    var exists: Bool { ProcessStat(pid: pid)?.startTime == startTime }

    /// Whether the process descends from another one, over a few generations; in a container that
    /// may be process 1.
    func descends(from ancestor: Int32) -> Bool {
        var parent = ProcessStat(pid: pid)?.parent
        for _ in 0..<Self.mostGenerations {
            guard let known = parent, known > 0 else { return false }
            if known == ancestor { return true }
            parent = ProcessStat(pid: known)?.parent
        }
        return false
    }

    /// From a horse to the master there are three.
    private static let mostGenerations = 8

    /// Sends a signal to the process, and to no later one with its number, if it has this user's
    /// rights.
    func signal(_ number: Int32, ofUser user: uid_t) {
        guard pid > 1 else { return }
        let descriptor = rqd_pidfd_open(pid)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard ProcessFile.owner(of: pid) == user, isAlive else { return }
        _ = rqd_pidfd_send_signal(descriptor, number)
    }

    /// Sends a signal to all that are in the process's group, which outlives it; also where the
    /// process itself has left its group.
    ///
    /// Where the kernel cannot do that by pidfd (before Linux 6.9), or the process has been reaped,
    /// each process of the group is signalled by itself, if it has this user's rights.
    func signalGroup(_ number: Int32, ofUser user: uid_t) {
        guard pid > 1 else { return }
        let descriptor = rqd_pidfd_open(pid)
        if descriptor >= 0 {
            defer { close(descriptor) }
            if exists, ProcessFile.owner(of: pid) == user,
                rqd_pidfd_send_group_signal(descriptor, number) == 0
            {
                return
            }
        }
        for member in ProcessFile.processes where member > 1 {
            guard let stat = ProcessStat(pid: member), stat.group == pid else { continue }
            ProcessIdentity(pid: member, startTime: stat.startTime).signal(number, ofUser: user)
        }
    }

    /// Sends a signal to the process, wherever it is, and to all that are in its group; none is sent
    /// it twice.
    func signalWithGroup(_ number: Int32, ofUser user: uid_t) {
        if let stat = ProcessStat(pid: pid), stat.startTime == startTime, stat.group != pid {
            signal(number, ofUser: user)
        }
        signalGroup(number, ofUser: user)
    }
}

extension JobAccount {
    /// The user whose rights the account's processes have; nil when the machine does not know him.
    var owner: uid_t? {
        guard let user else { return geteuid() }
        return Identity(user: user, group: group)?.user
    }
}
