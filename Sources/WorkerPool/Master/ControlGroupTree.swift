import CLinux
import Glibc
import Logging

/// The part of the machine's control groups that the service manager has left to us.
///
/// *Master process.* `rqd.service` → `master` (all of ours) and one group for each slot, in which
/// its jobs run. docs/decisions/0013-limits.md tells why so.
final class ControlGroupTree {
    private let root: ControlGroup?
    /// The controllers that the slots' groups have.
    private(set) var controllers: Set<String> = []
    /// Why there are no groups; "" when there are.
    private let lack: String
    private var told: Set<String> = []
    /// Slots that are no more and whose groups may still be there.
    private var vacated: Set<String> = []
    private let log = Logger(label: "rqd.master")

    /// The group of the processes that are ours.
    private static let own = "master"

    /// Finds what is ours, and moves this process out of the way: processes are in leaves only.
    ///
    /// - Parameter pools: whose limits ask for controllers.
    init(for pools: [PoolConfiguration]) {
        guard let root = Self.delegated() else {
            (self.root, lack) = (nil, "no control group is delegated to rqd")
            return
        }
        let own = ControlGroup(path: root.file(Self.own))
        guard mkdir(own.path, 0o755) == 0 || errno == EEXIST, own.take(getpid()) else {
            (self.root, lack) = (nil, "\(own.path): \(String(cString: strerror(errno)))")
            return
        }
        (self.root, lack) = (root, "")
        for controller in ["memory", "pids"] { enable(controller) }
        if pools.contains(where: { $0.limits.cpuWeight != nil }) { enable("cpu") }
        log.info(
            "control groups are used",
            metadata: [
                "path": "\(root.path)",
                "controllers": "\(controllers.sorted().joined(separator: ","))",
            ])
    }

    /// The directory of the service's own group; nil where none was left to it.
    var path: String? { root?.path }

    /// What keeps a pool's limits.
    func means(of pool: PoolConfiguration) -> PoolMeans {
        PoolMeans(pool, controllers: controllers)
    }

    /// Makes the group of a slot, with the limits of its pool.
    ///
    /// - Parameters:
    ///   - name: `POOL/SLOT`.
    ///   - pool: the pool's settings.
    /// - Returns: nil where there are no groups.
    func group(of name: String, _ pool: PoolConfiguration) -> ControlGroup? {
        if pool.limits.cpuWeight != nil { enable("cpu") }
        tell(pool)
        guard let root else { return nil }
        vacated.remove(name)
        let group = ControlGroup(path: root.file(Self.directory(name)))
        guard mkdir(group.path, 0o755) == 0 || errno == EEXIST else {
            log.warning(
                "control group could not be made",
                metadata: [
                    "path": "\(group.path)", "reason": "\(String(cString: strerror(errno)))",
                ])
            return nil
        }
        for (file, value) in Self.values(pool.limits) {
            let needs = String(file.prefix { $0 != "." })
            guard controllers.contains(needs), !group.write(value, to: file) else { continue }
            // A kernel without swap has no file for it.
            if errno == ENOENT { continue }
            log.warning(
                "limit is not in force",
                metadata: [
                    "RQD_POOL": "\(pool.name)", "limit": "\(file)",
                    "reason": "\(String(cString: strerror(errno)))",
                ])
        }
        return group
    }

    /// Removes the group of a slot that is no more, once nothing runs in it.
    func remove(_ name: String) {
        vacated.insert(name)
        tidy()
    }

    /// Removes what could not be removed yet: a slot stable ends a moment after its worker.
    func tidy() {
        guard let root else { return }
        vacated = vacated.filter { rmdir(root.file(Self.directory($0))) != 0 && errno == EBUSY }
    }

    /// What the files of a slot's group are to hold.
    static func values(_ limits: PoolLimits) -> [(file: String, value: String)] {
        let text = { (number: Int?) in number.map(String.init) ?? "max" }
        return [
            ("memory.high", text(limits.memoryHigh)),
            ("memory.max", text(limits.memoryMax)),
            // What is swapped out is held as well.
            ("memory.swap.max", limits.memoryMax == nil ? "max" : "0"),
            ("pids.max", text(limits.tasksMax)),
            ("cpu.weight", "\(limits.cpuWeight ?? 100)"),
        ]
    }

    /// `web/0` as a directory: a pool's name has no dot.
    private static func directory(_ name: String) -> String {
        String(name.map { $0 == "/" ? "." : $0 })
    }

    private func enable(_ controller: String) {
        guard let root, !controllers.contains(controller),
            root.text("cgroup.controllers")?.split(whereSeparator: \.isWhitespace)
                .contains(Substring(controller)) == true,
            root.write("+\(controller)", to: "cgroup.subtree_control")
        else { return }
        controllers.insert(controller)
    }

    /// Says, once for each pool and limit, what is not kept by the kernel.
    private func tell(_ pool: PoolConfiguration) {
        for (key, means) in means(of: pool).all.sorted(by: { $0.key < $1.key }) {
            guard means != .cgroup, told.insert("\(pool.name).\(key)").inserted else { continue }
            let reason = root == nil ? lack : "the kernel offers no controller for it"
            let fields: Logger.Metadata = [
                "RQD_POOL": "\(pool.name)", "limit": "\(key)", "reason": "\(reason)",
            ]
            switch means {
            case .sampling: log.notice("limit is kept by sampling", metadata: fields)
            case .none, .cgroup: log.warning("limit is not in force", metadata: fields)
            }
        }
    }

    // Whose we are.

    /// The group that was left to us: this process's own, or the one above if it was moved already.
    private static func delegated() -> ControlGroup? {
        guard let mount = mountPoint(), let path = place(), path != "/" else { return nil }
        let present = "\(mount)\(path)"
        let parent = String(present.prefix(upTo: present.lastIndex(of: "/") ?? present.endIndex))
        if present.hasSuffix("/\(own)"), isOurs(parent) { return ControlGroup(path: parent) }
        if isOurs(present) { return ControlGroup(path: present) }
        // systemd's DelegateSubgroup= has moved it.
        return isMarked(parent) ? ControlGroup(path: parent) : nil
    }

    /// Where the second version is mounted; beside the first one it has a place below.
    private static func mountPoint() -> String? {
        ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].first {
            access("\($0)/cgroup.controllers", R_OK) == 0
        }
    }

    /// This process's group, as a path from the mount point.
    ///
    /// Source: the line of `/proc/self/cgroup` that begins with `0::`, cgroups(7).
    private static func place() -> String? {
        ProcessFile.text("/proc/self/cgroup")?.split(separator: "\n")
            .first { $0.hasPrefix("0::/") }.map { String($0.dropFirst(3)) }
    }

    /// Whether a service manager has left it to us.
    ///
    /// A user who is not root owns it only then.
    private static func isOurs(_ path: String) -> Bool {
        if isMarked(path) { return true }
        var status = stat()
        return geteuid() != 0 && stat(path, &status) == 0 && status.st_uid == geteuid()
    }

    /// Whether it bears systemd's mark.
    ///
    /// Source: `Delegate=`, systemd.resource-control(5), and systemd's CGROUP_DELEGATION.md.
    private static func isMarked(_ path: String) -> Bool {
        let names: [String] = ["user.delegate", "trusted.delegate"]
        return names.contains { name in rqd_attribute_is_one(path, name) != 0 }
            && access("\(path)/cgroup.procs", W_OK) == 0
    }
}
