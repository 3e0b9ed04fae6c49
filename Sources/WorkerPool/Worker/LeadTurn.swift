/// A worker's part in its pool's lead, as that worker knows it.
///
/// Decides only: says which steps to go through, and what to make of their end.
struct LeadTurn: Hashable {
    /// Something that concerns the lead.
    enum Event: Hashable {
        /// The queues were empty at a look just now, and this worker could run a job.
        case rests
        /// It takes part since an earlier look, and goes on.
        case stays
        /// This worker has a job, or cannot run one.
        case cannotLead
        /// Somebody has sent this worker a datagram: perhaps nobody leads.
        case notified
    }

    /// The place on the scoreboard.
    let slot: Int
    /// True from `rests` to `cannotLead`.
    private(set) var takesPart = false
    /// True while this worker is the one that acts when a queue changes.
    private(set) var isLeading = false

    /// The part of a worker that has just been started.
    init(slot: Int) { self.slot = slot }

    /// Takes an event.
    ///
    /// - Returns: the step to begin with; nil where there is nothing to do.
    mutating func begin(_ event: Event) -> LeadStep? {
        switch event {
        case .rests, .stays:
            takesPart = true
            return .joins(slot)
        // Who has ceased to take part since then has notified another itself, if nobody led.
        case .notified: return takesPart ? .joins(slot) : nil
        case .cannotLead:
            guard takesPart else { return nil }
            (takesPart, isLeading) = (false, false)
            return .departs(slot)
        }
    }

    /// The steps that an event has begun are done.
    ///
    /// - Parameters:
    ///   - event: what began them.
    ///   - leads: whether this worker is the leader.
    /// - Returns: true when it has to look at the queues: what it heard as a follower it has left
    ///   to a leader that is gone.
    mutating func ended(_ event: Event, leads: Bool) -> Bool {
        let isNew = leads && !isLeading
        isLeading = leads
        return isNew && event != .rests
    }
}
