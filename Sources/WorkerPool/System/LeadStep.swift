/// One access to what the workers of a pool share about its lead.
///
/// Each is atomic, and all are in one order that every process agrees on.
enum LeadAccess: Hashable {
    /// Says whether a slot's worker takes part.
    case setFlag(Int, Bool)
    /// Asks whether a slot's worker takes part; answered by 1 or 0.
    case readFlag(Int)
    /// Changes the leader if it is `from`; answered by who it was before.
    case exchange(from: Int?, to: Int?)
    /// Sends a slot's worker a datagram; answered by 0 when there is no such worker, else by 1.
    case notify(Int)
}

/// How far somebody is with a change of a pool's lead; one access leads to the next.
///
/// The lead is never given, it is only taken: by a worker whose flag is set, while there is no
/// leader. Who ceases to take part notifies one worker whose flag is set, if nobody leads then; that
/// worker tries to take the lead. `PoolLead` runs these steps on shared memory; the tests run them in every possible order.
enum LeadStep: Hashable {
    /// A worker begins to take part, or tries again to take the lead.
    case joins(Int)
    case takes(Int)
    /// A worker ceases to take part. For one that is dead, the master does it.
    case departs(Int)
    case givesUp(Int)
    case considers(Int, after: Int)
    case notifies(Int, after: Int)
    /// The master takes the lead from one that does not answer, or finds that nobody takes it.
    /// All who take part have to show it anew: who cannot is not notified any more.
    case deposes(Int?)
    case reviews(Int)
    case clears(Int)
    case wakes(Int)
    /// Nothing is left to do; `leads` says whether a worker that joined is the leader.
    case ended(leads: Bool)

    /// What to do next; nil at the end.
    var access: LeadAccess? {
        switch self {
        case .joins(let slot): .setFlag(slot, true)
        case .takes(let slot): .exchange(from: nil, to: slot)
        case .departs(let slot), .clears(let slot): .setFlag(slot, false)
        case .givesUp(let slot): .exchange(from: slot, to: nil)
        case .considers(let next, _): .readFlag(next)
        case .notifies(let next, _): .notify(next)
        case .deposes(let slot): .exchange(from: slot, to: nil)
        case .reviews(let slot): .readFlag(slot)
        case .wakes(let slot): .notify(slot)
        case .ended: nil
        }
    }

    /// The step that follows.
    ///
    /// - Parameters:
    ///   - answer: of `access`; for a leader its slot, or -1 for none.
    ///   - count: how many slots there are.
    /// - Returns: the next one; `ended` follows itself.
    func next(_ answer: Int, of count: Int) -> LeadStep {
        switch self {
        case .joins(let slot): .takes(slot)
        case .takes(let slot): .ended(leads: answer == Self.nobody || answer == slot)
        case .departs(let slot): .givesUp(slot)
        case .givesUp(let slot):
            // Where nobody leads, somebody may have been notified in vain: of us.
            answer == slot || answer == Self.nobody
                ? Self.after(slot, 1, count) : .ended(leads: false)
        case .considers(let next, let slot) where answer == 1: .notifies(next, after: slot)
        case .notifies(_, _) where answer == 1: .ended(leads: false)
        case .considers(let next, let slot), .notifies(let next, let slot):
            Self.after(slot, (next - slot + count) % count + 1, count)
        case .deposes(let slot):
            answer == slot ?? Self.nobody ? Self.review(0, count) : .ended(leads: false)
        case .reviews(let slot): answer == 1 ? .clears(slot) : Self.review(slot + 1, count)
        case .clears(let slot): .wakes(slot)
        case .wakes(let slot): Self.review(slot + 1, count)
        case .ended: self
        }
    }

    /// The answer to an exchange that has found no leader.
    static let nobody = -1

    private static func after(_ slot: Int, _ offset: Int, _ count: Int) -> LeadStep {
        offset < count ? .considers((slot + offset) % count, after: slot) : .ended(leads: false)
    }

    private static func review(_ slot: Int, _ count: Int) -> LeadStep {
        slot < count ? .reviews(slot) : .ended(leads: false)
    }
}
