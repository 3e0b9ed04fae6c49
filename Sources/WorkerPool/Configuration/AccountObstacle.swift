import Glibc

/// What in the sandbox of the service keeps it from running jobs as another user.
enum AccountObstacle {
    /// What is in the way, and what to do; nil when nothing is.
    static func present(for user: uid_t) -> String? {
        describe(
            user, asRoot: geteuid() == 0, users: text("/proc/self/uid_map"),
            mounts: text("/proc/self/mountinfo"))
    }

    /// The same of what these files say.
    ///
    /// Source: user_namespaces(7), proc(5).
    static func describe(
        _ user: uid_t, asRoot: Bool, users: String, mounts: String
    ) -> String? {
        let ranges = users.split(separator: "\n").map { line in
            line.split(separator: " ").compactMap { UInt64($0) }
        }
        let isMapped = ranges.contains { range in
            range.count == 3 && range[0] <= user && UInt64(user) < range[0] + range[2]
        }
        guard isMapped || ranges.isEmpty else {
            return "the service has users of its own, and this one is not among them; the unit "
                + "needs PrivateUsers=no"
        }
        guard hidesProcesses(mounts), !asRoot else { return nil }
        return "the processes of other users are hidden here; the unit needs ProtectProc=default"
    }

    /// Whether `/proc` shows a process those alone who may look into it.
    static var hidesProcesses: Bool { hidesProcesses(text("/proc/self/mountinfo")) }

    private static func hidesProcesses(_ mounts: String) -> Bool {
        let proc = mounts.split(separator: "\n").last { $0.contains(" /proc ") } ?? ""
        return proc.contains("hidepid=") && !proc.contains("hidepid=off")
    }

    private static func text(_ path: String) -> String {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return "" }
        let file = OwnedDescriptor(adopting: number)
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(file.number, &room, room.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += room[..<count]
        }
    }
}
