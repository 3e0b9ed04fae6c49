import CLinux
import Glibc

/// All processes below this one, however far: none is left behind.
enum Descendants {
    /// From now on, a descendant whose parent ends becomes this process's child.
    ///
    /// Source: `PR_SET_CHILD_SUBREAPER`, prctl(2).
    static func adopt() { _ = rqd_set_child_subreaper(1) }

    /// Kills and reaps every one, with the groups that they lead.
    ///
    /// The children of one that ends become ours, so this goes on until there are none.
    static func end() {
        while true {
            let mine = children()
            guard !mine.isEmpty else { break }
            for pid in mine {
                kill(-pid, SIGKILL)
                kill(pid, SIGKILL)
            }
            guard waitpid(-1, nil, 0) > 0 || errno == EINTR else { break }
            while waitpid(-1, nil, WNOHANG) > 0 {}
        }
    }

    /// Kills all that descend from a process, in whatever groups, but not itself.
    ///
    /// Once more for what they start meanwhile, until nobody is left. Those whose parents have
    /// ended are not found, and another user's are spared: their numbers may be others' by now.
    static func end(below ancestor: Int32) {
        guard let owner = ProcessFile.owner(of: ancestor) else { return }
        for _ in 0..<mostRounds {
            let running = ProcessMemory.family(of: ancestor).dropFirst()
                .compactMap { ProcessIdentity.of($0) }.filter(\.isAlive)
            guard !running.isEmpty else { return }
            for process in running { process.signal(SIGKILL, ofUser: owner) }
        }
    }

    private static let mostRounds = 10

    /// Kills our children that are not older than this, with all below them; who waits for children
    /// reaps them.
    ///
    /// - Parameters:
    ///   - ticks: clock ticks since boot.
    ///   - known: a child that is not to end.
    /// - Returns: how many there were, and the short name of one.
    static func endOrphans(
        startedSince ticks: UInt64, sparing known: Int32?
    ) -> (count: Int, name: String) {
        let text = ProcessFile.text("/proc/self/task/\(getpid())/children") ?? ""
        let orphans = text.split(separator: " ").compactMap { Int32($0) }.filter { pid in
            guard pid != known, let stat = ProcessStat(pid: pid) else { return false }
            return stat.runs && stat.startTime >= ticks
        }
        let name = orphans.first.flatMap { ProcessFile.text("/proc/\($0)/comm") } ?? ""
        for pid in orphans {
            end(below: pid)
            kill(pid, SIGKILL)
        }
        return (orphans.count, String(name.prefix { $0 != "\n" }))
    }

    /// The pids of our children, zombies too.
    private static func children() -> [Int32] {
        let parent = getpid()
        return ProcessFile.processes.filter { ProcessStat(pid: $0)?.parent == parent }
    }
}
