/// How far the stop has got.
enum MasterPhase: Equatable, Sendable {
    /// Nobody asked.
    case working
    /// Workers finish their jobs.
    case warmStop(since: MonotonicTime, by: StopRequest)
    /// Workers break their jobs off.
    case coldStop
    /// The workers are gone; the stables are ending.
    case closing(killAt: MonotonicTime)
    /// All is done.
    case finished
}
