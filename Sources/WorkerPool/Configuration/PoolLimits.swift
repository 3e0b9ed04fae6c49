/// What a pool's workers and jobs may use.
///
/// The names are systemd's where systemd has one: `memory_max` is `MemoryMax=`.
public struct PoolLimits: Sendable, Equatable, Codable {
    /// The kernel's classes of access to disks.
    ///
    /// Source: `IOSchedulingClass=`, systemd.exec(5).
    public enum IOClass: String, Sendable, CaseIterable, Codable {
        /// As the daemon's own.
        case none
        /// Before all others; needs a privilege.
        case realtime
        /// In turn, by priority.
        case bestEffort = "best-effort"
        /// When nobody else wants the disk.
        case idle
    }

    /// After how long a worker is replaced by a new one; nil means never.
    public var maxAge: Duration?
    /// Above how many bytes a worker, or a horse that runs several jobs, is replaced after its
    /// job; nil means never.
    public var maxMemory: Int?
    /// How many bytes a job's serialised return value may have; nil for what Redis takes.
    public var maxResultSize: Int? = 512 << 20
    /// How many bytes a job may hold, with all that it has started; nil for no limit.
    public var memoryMax: Int?
    /// Above how many bytes the kernel slows a job down and takes memory from it; nil for none.
    public var memoryHigh: Int?
    /// How many processes and threads a slot may have; nil for no limit.
    public var tasksMax: Int?
    /// A slot's share of the processors, 1 to 10000; nil for the kernel's 100.
    public var cpuWeight: Int?
    /// The nice value of jobs, -20 to 19; 0 is the daemon's own.
    public var nice = 0
    /// How jobs come to the disks.
    public var ioClass = IOClass.none
    /// The place within that class, 0 (first) to 7.
    public var ioPriority = 4
    /// The processors that jobs may use, as in `0-3,6`; nil for the daemon's own.
    public var cpuAffinity: String?
    /// What is added to a job's badness when the kernel looks for a process to kill, -1000 to
    /// 1000; 0 is the daemon's own.
    public var oomScoreAdjust = 0
    /// Resource limits of each job's process by the kernel's name in small letters, for example
    /// `nofile`; in the words of `ResourceLimit`.
    public var resources: [String: String] = [:]

    /// No limits.
    public init() {}
}
