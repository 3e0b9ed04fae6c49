// The importer files `rlimit` under the first C module that includes its header.
import CLinux
import Glibc

/// How many files a process may have open (`RLIMIT_NOFILE`).
enum DescriptorLimit {
    /// What a process needs besides one descriptor for each of what it counts.
    private static let others: rlim_t = 100

    /// Raises the soft limit as far as the hard one allows, if this many descriptors need that.
    ///
    /// Children inherit it. A program that uses `select` may not take a descriptor above 1023, so
    /// the limit is left alone for as long as possible.
    static func makeRoom(beyond count: Int) {
        var limit = rlimit()
        let needed = rlim_t(count) + others
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = min(limit.rlim_max, needed * 2)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
