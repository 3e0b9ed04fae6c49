@testable import WorkerPool

/// An access in the model: those of the program, and one that an earlier protocol made.
enum ModelAccess {
    case setFlag(Int, Bool)
    case readFlag(Int)
    /// Reads a flag and takes it away.
    case takeFlag(Int)
    /// As in `LeadAccess`, with -1 for nobody.
    case exchange(from: Int, to: Int)
    case notify(Int)

    init(_ access: LeadAccess) {
        switch access {
        case .setFlag(let slot, let isSet): self = .setFlag(slot, isSet)
        case .readFlag(let slot): self = .readFlag(slot)
        case .exchange(let from, let to):
            self = .exchange(from: from ?? LeadStep.nobody, to: to ?? LeadStep.nobody)
        case .notify(let slot): self = .notify(slot)
        }
    }
}

/// A step of the program's protocol, or of the one before it.
enum ModelStep {
    case present(LeadStep)
    case former(FormerLeadStep)

    static func deposes(_ slot: Int?) -> ModelStep { .present(.deposes(slot)) }

    /// A number from 1 to 63, different for all steps that one process can be at.
    var code: UInt64 {
        switch self {
        case .present(let step):
            switch step {
            case .joins: 1
            case .takes: 2
            case .departs: 3
            case .givesUp: 4
            case .considers(let next, _): 5 + UInt64(next)
            case .notifies(let next, _): 9 + UInt64(next)
            case .deposes(let slot): 13 + UInt64((slot ?? LeadStep.nobody) + 1)
            case .reviews(let slot): 18 + UInt64(slot)
            case .clears(let slot): 22 + UInt64(slot)
            case .wakes(let slot): 26 + UInt64(slot)
            case .ended: 0
            }
        case .former(let step): step.code
        }
    }
}

/// What the processes of the model go by: the program's protocol; or a wrong one, so that it is
/// seen that the model finds what is wrong.
struct LeadRules {
    /// A protocol that leaves a pool without a leader.
    enum Mistake: CaseIterable {
        /// A worker looks for a free lead before it sets its flag.
        case takesBeforeItJoins
        /// A worker looks for a successor before it has given the lead up.
        case looksBeforeItGivesUp
        /// Nobody does for the dead what they have left undone.
        case forgetsTheDead
        /// A follower that ceases to take part leaves it at that, although nobody may lead.
        case departsSilently
        /// Who takes the lead because it was notified does not look at the queues.
        case doesNotLook
        /// Who finds the lead free while it waits does not look, either.
        case doesNotLookAgain
    }

    var mistake: Mistake?
    /// Whether the master looks for leaders that do not answer.
    var watches = true
    /// The protocol before the present one, with both its races or one of them repaired.
    var former: FormerLeadProtocol?

    // A worker.

    /// Something concerns a worker's part in the lead.
    ///
    /// What the worker has read concerns nobody else, so the first access is done at once.
    func begin(_ event: LeadTurn.Event, _ state: inout LeadState, _ slot: Int) {
        defer { if state.workers[slot].step != nil { step(&state, slot) } }
        if let former { return former.begin(event, &state, slot) }
        var turn = state.workers[slot].turn
        let first = turn.begin(event)
        state.workers[slot].turn = turn
        guard let first else { return }
        state.workers[slot].event = event
        state.workers[slot].step = .present(altered(first))
    }

    /// A worker does the next access of a change that it has begun.
    func step(_ state: inout LeadState, _ slot: Int) {
        guard let step = state.workers[slot].step else { return }
        guard let (next, leads) = go(on: step, &state) else { return }
        state.workers[slot].step = next
        guard next == nil else { return }
        let event = state.workers[slot].event
        if let former { return former.ended(event, leads: leads, &state, slot) }
        var turn = state.workers[slot].turn
        let looks = turn.ended(event, leads: leads)
        state.workers[slot].turn = turn
        let forgets =
            mistake == .doesNotLook && event == .notified
            || mistake == .doesNotLookAgain && event == .stays
        if looks, !forgets { state.workers[slot].wake() }
    }

    /// A worker reads the answer to its claim.
    func takeReply(_ state: inout LeadState, _ slot: Int) {
        if state.workers[slot].mode == .gotJob {
            state.workers[slot].mode = .busy
            begin(.cannotLead, &state, slot)
        } else if !state.workers[slot].isAble {
            state.workers[slot].mode = .hungry
        } else if state.workers[slot].isWoken {
            state.workers[slot].claim()
        } else {
            state.workers[slot].mode = .waiting
            begin(.rests, &state, slot)
        }
    }

    // The master.

    /// What it begins with when a worker has died.
    func afterDeath(of slot: Int) -> ModelStep? {
        if mistake == .forgetsTheDead { return .present(.ended(leads: false)) }
        return former == nil
            ? .present(altered(.departs(slot))) : .former(.leaves(slot, isDead: true))
    }

    /// The master does its next access; a dead worker has a successor in the end.
    func stepMaster(_ state: inout LeadState) {
        guard let step = state.masterStep else { return }
        guard let (next, _) = go(on: step, &state) else { return }
        state.masterStep = next
        guard next == nil, state.reaped >= 0 else { return }
        let flag = state.workers[state.reaped].flag
        state.workers[state.reaped] = LeadState.Worker(
            slot: state.reaped, mode: .claiming, flag: flag)
        state.reaped = -1
    }

    // The steps.

    /// Does the access of a step.
    ///
    /// - Returns: the next step, nil at the end; and whether a worker that joined leads.
    private func go(on step: ModelStep, _ state: inout LeadState) -> (ModelStep?, Bool)? {
        let count = state.workers.count
        switch step {
        case .present(let step):
            guard let access = step.access else { return (nil, false) }
            let answer = state.perform(ModelAccess(access))
            let next = altered(step.next(answer, of: count), after: step, answer)
            if case .ended(let leads) = next { return (nil, leads) }
            return (.present(next), false)
        case .former(let step):
            guard let access = step.access else { return (nil, false) }
            let next = step.next(state.perform(access), of: count)
            if case .ended(let leads) = next { return (nil, leads) }
            return (.former(next), false)
        }
    }

    /// The first step of a change, with the mistake in it.
    private func altered(_ first: LeadStep) -> LeadStep {
        switch first {
        case .joins(let slot) where mistake == .takesBeforeItJoins: .takes(slot)
        case .joins, .takes, .departs, .givesUp, .considers, .notifies, .deposes, .reviews,
            .clears, .wakes, .ended:
            first
        }
    }

    /// The step that follows another, with the mistake in it.
    private func altered(_ next: LeadStep, after step: LeadStep, _ answer: Int) -> LeadStep {
        switch (mistake, step, next) {
        case (.takesBeforeItJoins, .takes(let slot), .ended(leads: false)): .joins(slot)
        case (.takesBeforeItJoins, .joins, _): .ended(leads: false)
        case (.looksBeforeItGivesUp, .departs(let slot), _): .considers((slot + 1) % 4, after: slot)
        case (.looksBeforeItGivesUp, .considers(_, let slot), .ended),
            (.looksBeforeItGivesUp, .notifies(_, let slot), .ended):
            .givesUp(slot)
        case (.looksBeforeItGivesUp, .givesUp, _): .ended(leads: false)
        case (.departsSilently, .givesUp(let slot), .considers) where answer != slot:
            .ended(leads: false)
        case _: next
        }
    }
}
