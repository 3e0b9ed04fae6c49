import Glibc

/// A directory of the kernel's control groups, version 2.
///
/// Source: the kernel's `Documentation/admin-guide/cgroup-v2.rst`.
struct ControlGroup: Equatable, Sendable {
    /// Where it lies below the mount point, as an absolute path.
    let path: String

    /// Opens one of its files.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes one of its files.
    ///
    /// - Returns: false, with `errno`, if the kernel does not accept it.
    func write(_ value: String, to name: String) -> Bool {
        ControlFile.write(value, to: file(name))
    }

    /// The first 4 kB of one of its files; nil where it is not offered.
    func text(_ name: String) -> String? { ProcessFile.text(file(name)) }

    /// The number in one of its files; nil where it is not offered, or says `max`.
    func number(_ name: String) -> Int? {
        text(name).flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// The processes in it, in the numbers of this process's namespace.
    var processes: [Int32] {
        guard let stream = fopen(file("cgroup.procs"), "re") else { return [] }
        defer { fclose(stream) }
        var pids: [Int32] = []
        var line = [CChar](repeating: 0, count: 32)
        while fgets(&line, Int32(line.count), stream) != nil {
            pids.append(Int32(strtol(line, nil, 10)))
        }
        return pids
    }

    /// Moves a process into it; what that one starts from now on is born there.
    ///
    /// - Returns: false, with `errno`, if the kernel does not accept it.
    func take(_ pid: Int32) -> Bool { write("\(pid)", to: "cgroup.procs") }

    /// Kills all that is in it.
    func kill() {
        // Linux 5.14; before that, one by one, until nobody is left who could start another.
        if write("1", to: "cgroup.kill") { return }
        kill { _ in true }
    }

    /// Kills what is in it and meets a condition, and what that starts meanwhile.
    func kill(where isToEnd: (Int32) -> Bool) {
        for _ in 0..<Self.mostRounds {
            // Who leaves the group, or its number to another, meanwhile is not meant any more.
            let victims = processes.compactMap { ProcessIdentity.of($0) }
                .filter { isToEnd($0.pid) && holds($0.pid) }
            guard !victims.isEmpty else { return }
            for victim in victims { victim.signal(SIGKILL) }
        }
    }

    /// Whether a process is in it.
    private func holds(_ pid: Int32) -> Bool {
        ProcessFile.text("/proc/\(pid)/cgroup")?.split(separator: "\n").contains { line in
            line.hasPrefix("0::") && path.hasSuffix(line.dropFirst(3))
        } == true
    }

    /// A process that forks faster than it is killed is met again by the next kill.
    private static let mostRounds = 100
}
