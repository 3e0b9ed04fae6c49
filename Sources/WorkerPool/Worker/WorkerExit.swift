/// The exit statuses by which a worker tells the master what to do next.
///
/// Any other status, and any signal, is a crash.
enum WorkerExit {
    /// Stopped as asked, or nothing left to do in burst mode.
    static let finished: Int32 = 0
    /// Wants a successor at once, for example after `max_jobs`.
    static let wantsSuccessor: Int32 = 75
    /// Somebody else, who lives, works under its name: its successor has another.
    static let needsName: Int32 = 76
    /// It cannot be as it is asked, and in the foreground nobody waits for that to change: the name
    /// belongs to a live worker, or a worker class cannot be loaded (`EX_CONFIG`).
    static let refused: Int32 = 78
    /// What it ran died or could not be started; its successor waits its turn (`EX_SOFTWARE`).
    static let failed: Int32 = 70
    /// Left something unsettled, because Redis could not be asked (`EX_UNAVAILABLE`).
    static let unsettled: Int32 = 69
}
