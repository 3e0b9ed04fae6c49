import CLinux
import Glibc

/// A user and a group, as the machine knows them, that a process takes on for good.
struct Identity: Equatable {
    /// The user's number.
    let user: uid_t
    /// The number of the group that new files belong to.
    let group: gid_t
    /// The user's name.
    let name: String
    /// The user's home directory.
    let home: String

    /// What a process needs to start others as another user, and to signal them.
    static let requiredCapabilities: Capabilities = [.kill, .setGroup, .setUser]

    /// Looks a user up; nil if there is no such user or group.
    ///
    /// - Parameters:
    ///   - user: a name or a number.
    ///   - group: a name or a number; nil for the user's own.
    init?(user: String, group: String?) {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 1 << 16)
        let number = uid_t(user)
        let isRead =
            number.map { getpwuid_r($0, &record, &room, room.count, &found) }
            ?? getpwnam_r(user, &record, &room, room.count, &found)
        guard isRead == 0, found != nil else { return nil }
        self.user = record.pw_uid
        name = String(cString: record.pw_name)
        home = String(cString: record.pw_dir)
        guard let group else {
            self.group = record.pw_gid
            return
        }
        guard let number = Self.group(group) else { return nil }
        self.group = number
    }

    /// The number of a group; nil if there is none.
    static func group(_ group: String) -> gid_t? {
        var record = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var room = [CChar](repeating: 0, count: 1 << 16)
        let number = gid_t(group)
        let isRead =
            number.map { getgrgid_r($0, &record, &room, room.count, &found) }
            ?? getgrnam_r(group, &record, &room, room.count, &found)
        return isRead == 0 && found != nil ? record.gr_gid : nil
    }

    /// Whether this process has it already.
    var isOurs: Bool { user == geteuid() && group == getegid() }

    /// Takes it on, for good: all three user and group numbers, its supplementary groups and no
    /// others, no capability, and none to be had by starting a program.
    ///
    /// *A fresh child, before it becomes another program.*
    ///
    /// - Throws: what the kernel refused; the process must end then.
    func assume() throws(SystemCallError) {
        let parent = getppid()
        // While there is the right to.
        rqd_bound_capabilities(0)
        if !isOurs {
            // The groups first: afterwards there is no right to set them.
            guard initgroups(name, group) == 0 else { throw .last("initgroups", name) }
            guard rqd_set_group(group) == 0 else { throw .last("setresgid", "\(group)") }
            guard rqd_set_user(user) == 0 else { throw .last("setresuid", "\(user)") }
            for (variable, value) in [("HOME", home), ("USER", name), ("LOGNAME", name)] {
                setenv(variable, value, 1)
            }
        }
        try Capabilities.dropAll()
        // The kernel forgets it with a change of the user.
        rqd_set_parent_death_signal(SIGKILL)
        guard getppid() == parent else { _exit(71) }
    }
}

extension JobAccount {
    /// Takes on the account, for good.
    ///
    /// Without a user that is the daemon's own account, without the
    /// capabilities that the daemon has for itself; what else the unit grants is for the jobs, and
    /// root keeps root's.
    ///
    /// *A fresh child, before it becomes another program.*
    ///
    /// - Throws: what was refused; the process must end then.
    func assume() throws(SystemCallError) {
        if let umask, let mask = mode_t(umask, radix: 8) { Glibc.umask(mask) }
        guard let user else {
            guard geteuid() != 0, !Capabilities.ours.isDisjoint(with: .daemons) else { return }
            return try Capabilities.dropDaemons()
        }
        guard let identity = Identity(user: user, group: group) else {
            throw SystemCallError(call: "getpwnam", subject: user, errno: ENOENT)
        }
        try identity.assume()
    }
}
