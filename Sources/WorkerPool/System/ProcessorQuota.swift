import Glibc

/// How much processor time the control groups of this process leave it, as a container has it.
///
/// A group may use what it is given itself and no more than each group above it. Version 2 says so
/// in `cpu.max`, version 1 in `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
///
/// Source: the kernel's `Documentation/admin-guide/cgroup-v2.rst` and `Documentation/scheduler/sched-bwc.rst`,
/// proc(5) for `mountinfo`.
struct ProcessorQuota {
    /// What `/proc/self/mountinfo` says.
    let mounts: String
    /// What `/proc/self/cgroup` says.
    let groups: String
    /// The text of a file; nil where there is none.
    let read: (String) -> String?

    /// A hierarchy: where it is mounted, and what of it is seen there.
    private struct Mount {
        let root: String
        let point: String
        let isUnified: Bool
    }

    /// Whole processors that are to be busy at once, at least 1; nil where nothing limits them.
    ///
    /// A part of a processor counts as one: with less the rest of the quota would be left.
    static func processors() -> Int? {
        let quota = ProcessorQuota(
            mounts: text("/proc/self/mountinfo") ?? "", groups: text("/proc/self/cgroup") ?? "",
            read: text)
        return quota.processors.map { max(1, Int(min($0, 4096).rounded(.up))) }
    }

    /// In processors, such as 1.5; nil where nothing limits them.
    var processors: Double? {
        hierarchies.flatMap { mount in
            directories(of: mount).compactMap { share(in: $0, isUnified: mount.isUnified) }
        }.min()
    }

    /// Those that may limit processor time.
    private var hierarchies: [Mount] {
        mounts.split(separator: "\n").compactMap { line in
            // … root point options [optional …] - kind source options
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            let (place, kind) = (halves[0].split(separator: " "), halves[1].split(separator: " "))
            guard place.count >= 5, kind.count >= 3 else { return nil }
            let isUnified = kind[0] == "cgroup2"
            let isTimed = kind[0] == "cgroup" && kind[2].split(separator: ",").contains("cpu")
            guard isUnified || isTimed else { return nil }
            return Mount(
                root: String(place[3]), point: String(place[4]), isUnified: isUnified)
        }
    }

    /// The group of this process in a hierarchy and all above it, as far as they are seen.
    private func directories(of mount: Mount) -> [String] {
        let path = groups.split(separator: "\n").lazy.map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }.first {
            $0.count == 3
                && (mount.isUnified ? $0[1].isEmpty : $0[1].split(separator: ",").contains("cpu"))
        }.map { String($0[2]) }
        guard let path else { return [] }
        let root = mount.root == "/" ? "" : mount.root
        // A container may see its own group as the root, and be told of it by its name outside.
        guard path == root || path.hasPrefix("\(root)/") else { return [mount.point] }
        var place = mount.point
        return [place]
            + path.dropFirst(root.utf8.count).split(separator: "/").map {
                place += "/\($0)"
                return place
            }
    }

    private func share(in directory: String, isUnified: Bool) -> Double? {
        func numbers(_ name: String) -> [Double?]? {
            read("\(directory)/\(name)")?.split(whereSeparator: \.isWhitespace).map { Double($0) }
        }
        let (quota, period): (Double?, Double?)
        if isUnified {
            guard let both = numbers("cpu.max"), both.count == 2 else { return nil }
            (quota, period) = (both[0], both[1])
        } else {
            quota = numbers("cpu.cfs_quota_us")?.first ?? nil
            period = numbers("cpu.cfs_period_us")?.first ?? nil
        }
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return quota / period
    }

    private static func text(_ path: String) -> String? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = OwnedDescriptor(adopting: number)
        return String(decoding: MemoryFile.bytes(of: file.number), as: UTF8.self)
    }
}
