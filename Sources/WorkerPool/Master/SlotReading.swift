/// What a slot's record said at one moment: a copy, for deciding and for display.
struct SlotReading: Equatable, Sendable {
    /// What the worker said it was doing.
    var state = SlotState.vacant
    /// Whether it was ever idle or beyond.
    var hasRegistered = false
    /// How many workers the slot has had, the present one included.
    var generation = 0
    /// Its name in Redis.
    var workerName = ""
    /// The job it was on; "" for none.
    var jobID = ""
    /// The queue it came from.
    var queue = ""
    /// When that job started.
    var jobStarted: MonotonicTime?
    /// Jobs that returned, over all generations of the slot.
    var succeeded: UInt64 = 0
    /// Jobs that failed, over all generations of the slot.
    var failed: UInt64 = 0
    /// Grows with every step.
    var progress: UInt64 = 0
    /// When it will have made a step at the latest, unless it hangs.
    var promise: MonotonicTime?
    /// What it complained of; "" for nothing.
    var complaint = ""
    /// Its copy of the stable.
    var slotStable: ProcessIdentity?
    /// The process its job ran in.
    var horse: ProcessIdentity?

    /// What a successor must know, if this worker died just now.
    ///
    /// Nothing if it died before it did anything: then Redis has not heard of it.
    var remains: Predecessor? {
        guard hasRegistered || state != .starting, !workerName.isEmpty else { return nil }
        return Predecessor(
            name: workerName, slotStable: slotStable, horse: horse, jobID: jobID, queue: queue,
            jobStarted: jobStarted)
    }
}

extension SlotReading {
    /// Reads a record.
    init(_ record: SlotRecord) {
        state = record.state
        hasRegistered = record.hasRegistered
        generation = record.generation
        workerName = record.workerName
        jobID = record.jobID
        queue = record.queue
        jobStarted = record.jobStarted
        succeeded = record.succeeded
        failed = record.failed
        progress = record.progress
        promise = record.promise
        complaint = record.complaint
        slotStable = record.slotStable
        horse = record.horse
    }
}
