@testable import WorkerPool

/// The protocol of an earlier version, in which the leader gave the lead to a follower.
///
/// It has two races, and is kept to show that the model finds them.
enum FormerLeadStep {
    case seeks(Int)
    case follows(Int)
    case seeksAgain(Int)
    case followsNoMore(Int)
    case leaves(Int, isDead: Bool)
    case checks(Int)
    case takesFlag(Int, from: Int, giver: Int)
    case gives(Int, from: Int, giver: Int)
    case notifies(Int, giver: Int)
    case takesBack(Int, giver: Int)
    case vacates(Int)
    case takesFlagLate(Int, giver: Int)
    case givesLate(Int, giver: Int)
    case restoresFlag(Int, giver: Int)
    case reads(Int)
    case ended(leads: Bool)

    var access: ModelAccess? {
        switch self {
        case .seeks(let slot), .seeksAgain(let slot): .exchange(from: -1, to: slot)
        case .follows(let slot): .setFlag(slot, true)
        case .followsNoMore(let slot), .leaves(let slot, _): .setFlag(slot, false)
        case .checks, .reads: .exchange(from: -2, to: -2)
        case .takesFlag(let next, _, _), .takesFlagLate(let next, _): .takeFlag(next)
        case .gives(let next, let holder, _): .exchange(from: holder, to: next)
        case .notifies(let next, _): .notify(next)
        case .takesBack(let next, let giver): .exchange(from: next, to: giver)
        case .vacates(let giver): .exchange(from: giver, to: -1)
        case .givesLate(let next, _): .exchange(from: -1, to: next)
        case .restoresFlag(let next, _): .setFlag(next, true)
        case .ended: nil
        }
    }

    func next(_ answer: Int, of count: Int) -> FormerLeadStep {
        switch self {
        case .seeks(let slot):
            answer == -1 || answer == slot ? .ended(leads: true) : .follows(slot)
        case .follows(let slot): .seeksAgain(slot)
        case .seeksAgain(let slot):
            answer == -1 ? .followsNoMore(slot) : .ended(leads: answer == slot)
        case .followsNoMore: .ended(leads: true)
        case .leaves(let slot, _): .checks(slot)
        case .checks(let slot): answer == slot ? Self.first(slot, count) : .ended(leads: false)
        case .takesFlag(let next, let holder, let giver):
            answer == 1
                ? .gives(next, from: holder, giver: giver)
                : Self.after(next, holder, giver, count)
        case .gives(let next, let holder, let giver):
            answer == holder
                ? .notifies(next, giver: giver) : Self.after(next, holder, giver, count)
        case .notifies(let next, let giver):
            answer == 1 ? .ended(leads: false) : .takesBack(next, giver: giver)
        case .takesBack(let next, let giver):
            answer == next ? Self.first(giver, count) : .ended(leads: false)
        case .vacates(let giver): Self.late(0, giver, count)
        case .takesFlagLate(let next, let giver):
            answer == 1 ? .givesLate(next, giver: giver) : Self.late(next + 1, giver, count)
        case .givesLate(let next, let giver):
            answer == -1 ? .notifies(next, giver: giver) : .restoresFlag(next, giver: giver)
        case .restoresFlag(let next, let giver): Self.late(next + 1, giver, count)
        case .reads(let slot): .ended(leads: answer == slot)
        case .ended: self
        }
    }

    private static func first(_ giver: Int, _ count: Int) -> FormerLeadStep {
        .takesFlag((giver + 1) % count, from: giver, giver: giver)
    }

    private static func after(
        _ next: Int, _ holder: Int, _ giver: Int, _ count: Int
    ) -> FormerLeadStep {
        let following = (next + 1) % count
        return following == giver
            ? .vacates(giver) : .takesFlag(following, from: holder, giver: giver)
    }

    private static func late(_ next: Int, _ giver: Int, _ count: Int) -> FormerLeadStep {
        let slot = next == giver ? next + 1 : next
        return slot < count ? .takesFlagLate(slot, giver: giver) : .ended(leads: false)
    }

    /// A number from 30 to 63, different for all steps that one process can be at.
    var code: UInt64 {
        switch self {
        case .seeks: 30
        case .follows: 31
        case .seeksAgain: 32
        case .followsNoMore: 33
        case .leaves: 34
        case .checks: 35
        case .vacates: 36
        case .reads: 37
        case .takesFlag(let next, _, _): 38 + UInt64(next)
        case .gives(let next, _, _): 42 + UInt64(next)
        case .notifies(let next, _): 46 + UInt64(next)
        case .takesBack(let next, _): 50 + UInt64(next)
        case .takesFlagLate(let next, _): 54 + UInt64(next)
        case .givesLate(let next, _): 58 + UInt64(next)
        case .restoresFlag(let next, _): next == 3 ? 29 : 62 + UInt64(next) % 2
        case .ended: 0
        }
    }
}

/// When a worker of the earlier version did what.
struct FormerLeadProtocol {
    /// Whether a worker that is made the leader while it has a job passes that on: the first race.
    var passesOnWhileBusy = false

    func begin(_ event: LeadTurn.Event, _ state: inout LeadState, _ slot: Int) {
        let isBusy = state.workers[slot].mode == .busy
        state.workers[slot].event = event
        switch event {
        case .rests, .stays: state.workers[slot].step = .former(.seeks(slot))
        case .cannotLead:
            state.workers[slot].leads = false
            state.workers[slot].step = .former(.leaves(slot, isDead: false))
        case .notified where passesOnWhileBusy && isBusy:
            state.workers[slot].event = .cannotLead
            state.workers[slot].step = .former(.leaves(slot, isDead: false))
        case .notified: state.workers[slot].step = .former(.reads(slot))
        }
    }

    func ended(_ event: LeadTurn.Event, leads: Bool, _ state: inout LeadState, _ slot: Int) {
        switch event {
        case .rests, .stays: state.workers[slot].leads = leads
        case .cannotLead: break
        case .notified:
            guard leads else { return }
            state.workers[slot].leads = true
            state.workers[slot].wake()
        }
    }
}
