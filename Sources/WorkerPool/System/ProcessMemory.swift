import Glibc

/// What processes hold of the machine's memory.
enum ProcessMemory {
    /// The bytes that a process has in memory, those that it shares too; 0 if there is none.
    ///
    /// Source: the second number of `/proc/<pid>/statm`, proc(5).
    static func resident(of pid: Int32) -> Int {
        let numbers = ProcessFile.text("/proc/\(pid)/statm")?.split(separator: " ") ?? []
        return numbers.count > 1 ? (Int(numbers[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// Whether a process and those below it hold more than so many bytes.
    ///
    /// Cheap while they do not. What several processes share is counted once, what was swapped
    /// out counts too.
    ///
    /// - Returns: how much they hold, if it is more.
    static func excess(of pid: Int32, above most: Int) -> Int? {
        let pids = family(of: pid)
        guard pids.reduce(0, { $0 + resident(of: $1) }) > most else { return nil }
        let held = pids.reduce(0) { $0 + share(of: $1) }
        return held > most ? held : nil
    }

    /// A process's proportional share of what it has in memory, and what it has swapped out.
    ///
    /// Source: `Pss` and `SwapPss` of `/proc/<pid>/smaps_rollup`, proc(5), in kB.
    private static func share(of pid: Int32) -> Int {
        guard let text = ProcessFile.text("/proc/\(pid)/smaps_rollup") else {
            return resident(of: pid)
        }
        return text.split(separator: "\n").reduce(0) { sum, line in
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "Pss:" || words[0] == "SwapPss:" else { return sum }
            return sum + (Int(words[1]) ?? 0) * 1024
        }
    }

    /// A process and all below it.
    ///
    /// Source: `/proc/<pid>/task/<tid>/children`, proc(5).
    static func family(of pid: Int32) -> [Int32] {
        var found = [pid]
        var next = 0
        while next < found.count, found.count < mostCounted {
            for thread in ProcessFile.threads(of: found[next]) {
                let text = ProcessFile.text("/proc/\(found[next])/task/\(thread)/children") ?? ""
                found += text.split(separator: " ").compactMap { Int32($0) }
            }
            next += 1
        }
        return found
    }

    private static let mostCounted = 1000
}
