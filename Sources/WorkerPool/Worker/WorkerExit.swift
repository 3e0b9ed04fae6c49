/// The exit statuses by which a worker tells the master what to do next.
///
/// Any other status, and any signal, is a crash.
enum WorkerExit {
    /// Stopped as asked, or nothing left to do in burst mode.
    static let finished: Int32 = 0
    /// Wants a successor at once, for example after `max_jobs`.
    static let wantsSuccessor: Int32 = 75
    /// The name belongs to a live worker, and in the foreground nobody waits for it (`EX_CONFIG`).
    static let nameTaken: Int32 = 78
    /// Left something unsettled, because Redis could not be asked (`EX_UNAVAILABLE`).
    static let unsettled: Int32 = 69
}
