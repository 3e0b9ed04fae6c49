import RQ

/// What became of a job, as the numbers tell it; the place of a cell in shared memory.
enum JobEnd: Int, CaseIterable, Sendable {
    /// It returned.
    case finished
    /// It raised, or timed out, and has no retries left.
    case failed
    /// Its process ended without a word.
    case died
    /// It raised and runs again, at once or later.
    case retried
    /// It was stopped by command.
    case stopped
    /// It was handed back to its queue: a stop, or a death that was not its fault.
    case requeued
    /// It had been canceled while it ran.
    case canceled
    /// It had been deleted while it ran.
    case deleted
    /// Its lease was lost, and another process has decided.
    case lost

    /// The value of the label `outcome`.
    var word: String { "\(self)" }

    /// What a job's fate counts as; nil when there was no job any more.
    ///
    /// - Parameters:
    ///   - fate: where it went.
    ///   - died: whether its process ended without a word.
    init?(_ fate: Fate, died: Bool) {
        switch fate {
        case .finished: self = .finished
        case .failed: self = died ? .died : .failed
        case .stopped: self = .stopped
        case .retried, .scheduled: self = .retried
        case .requeued: self = .requeued
        case .canceled: self = .canceled
        case .deleted: self = .deleted
        case .lost: self = .lost
        case .gone: return nil
        }
    }
}
