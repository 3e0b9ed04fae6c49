import RQ

/// A worker that ended without saying good-bye, as its successor must know it.
///
/// The successor settles the execution that Redis has under this name, after
/// these processes are gone, and unregisters the name unless it is its own.
struct Predecessor: Sendable, Hashable, Codable {
    /// The name it registered under.
    let name: String
    /// Its copy of the stable, if it had one.
    let slotStable: ProcessIdentity?
    /// The process its job ran in, if it had one.
    let horse: ProcessIdentity?
    /// The id that it had; "" for none.
    var jobID = ""
    /// The queue that the id came from.
    var queue = ""
    /// When it got the id.
    var jobStarted: MonotonicTime?

    /// The id that it had, unless that was too long to be remembered whole.
    var taken: TakenJob? {
        guard let jobStarted, !jobID.isEmpty, jobID.utf8.count < 255 else { return nil }
        let ago = (MonotonicTime.now() - jobStarted).wholeNanoseconds / 1000
        return TakenJob(
            queue: QueueName(queue), id: JobID(jobID),
            at: Timestamp(microseconds: Timestamp.now().microseconds - Int(ago)))
    }
}
