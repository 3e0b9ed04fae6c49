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

    /// The pids of our children, zombies too.
    private static func children() -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        let parent = getpid()
        var pids: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = Int32(name), ProcessStat(pid: pid)?.parent == parent else { continue }
            pids.append(pid)
        }
        return pids
    }
}
