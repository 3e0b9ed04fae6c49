@testable import WorkerPool

/// A pool, its queue and its master, as values; walks every order in which their steps can happen.
///
/// A worker's part in the lead is the program's own: `LeadTurn` decides, `LeadStep` goes on from
/// access to access. Around that is what the worker does: it claims, waits, runs a job, cannot
/// work for a while, stands still, dies and has a successor. A server that tells an idle worker of
/// one change is part of it. Each access is one step, and so is each message that is read.
struct LeadModel {
    /// What may happen, each so many times in one history.
    struct Bounds {
        var workers = 4
        /// Whether all are idle at first, and one leads; else all begin to claim.
        var beginsIdle = true
        var pushes = 1
        /// Idle workers that look at the queues by themselves.
        var heartbeats = 1
        /// Idle workers to which something happens that makes none of them look at the queues.
        var stirs = 0
        var deaths = 0
        /// Processes that stand still, and go on at any later moment, or never.
        var freezes = 0
        /// Workers that cannot claim for a while.
        var outages = 0
        /// The master takes a leader for dead that is not.
        var falseAlarms = 0
    }

    /// What was found.
    struct Findings {
        var states = 0
        /// Nothing happens any more by itself.
        var rests = 0
        /// A job is queued beside an idle worker, and nothing happens any more.
        var badRests = 0
        /// A worker is idle, and nobody who could act leads.
        var leaderlessRests = 0
        /// Two workers act as leaders, although nobody was taken for dead.
        var doubleLeads = 0
    }

    let bounds: Bounds
    let rules: LeadRules

    /// Walks all histories.
    func walk() -> Findings {
        var findings = Findings()
        var seen = StateTable()
        var open = [LeadState(bounds, former: rules.former != nil)]
        _ = seen.insert(open[0].key)
        var next: [LeadState] = []
        while let state = open.popLast() {
            findings.states += 1
            next.removeAll(keepingCapacity: true)
            advance(state, into: &next)
            if next.isEmpty { judge(state, &findings) }
            findings.doubleLeads += hasTwoLeaders(state) ? 1 : 0
            disturb(state, into: &next)
            for one in next where seen.insert(one.key) { open.append(one) }
        }
        return findings
    }

    private func judge(_ state: LeadState, _ findings: inout Findings) {
        findings.rests += 1
        let idle = state.workers.filter { $0.mode == .waiting && $0.isAble && !$0.isFrozen }
        guard !idle.isEmpty else { return }
        if state.queued > 0 { findings.badRests += 1 }
        if !idle.contains(where: { $0.slot == state.leader }) { findings.leaderlessRests += 1 }
    }

    private func hasTwoLeaders(_ state: LeadState) -> Bool {
        guard bounds.freezes == 0, bounds.falseAlarms == 0 else { return false }
        return state.workers.count { $0.isLeading && $0.mode != .dead } > 1
    }

    // What happens by itself, sooner or later.

    private func advance(_ state: LeadState, into next: inout [LeadState]) {
        for slot in state.workers.indices {
            let worker = state.workers[slot]
            if worker.mode == .claiming, worker.step == nil {
                next.append(state.changed { $0.serve(slot) })
            }
            if worker.mode == .dead || worker.isFrozen { continue }
            if worker.step != nil {
                next.append(state.changed { rules.step(&$0, slot) })
                continue
            }
            switch worker.mode {
            case .gotJob, .gotNothing:
                next.append(state.changed { rules.takeReply(&$0, slot) })
            case .hungry, .claiming, .waiting, .busy, .dead: break
            }
            if worker.isNotified {
                next.append(
                    state.changed {
                        $0.workers[slot].isNotified = false
                        rules.begin(.notified, &$0, slot)
                    })
            }
            if worker.hasHeard { next.append(state.changed { $0.workers[slot].hear() }) }
        }
        advanceMaster(state, into: &next)
    }

    private func advanceMaster(_ state: LeadState, into next: inout [LeadState]) {
        if state.masterStep != nil {
            next.append(state.changed { rules.stepMaster(&$0) })
            return
        }
        for slot in state.workers.indices where state.workers[slot].mode == .dead {
            next.append(
                state.changed {
                    $0.reaped = slot
                    $0.masterStep = rules.afterDeath(of: slot)
                })
        }
        if bounds.freezes > 0, rules.watches, state.isLeadStuck {
            next.append(state.changed { $0.masterStep = .deposes($0.leader < 0 ? nil : $0.leader) })
        }
    }

    // What may happen or not.

    private func disturb(_ state: LeadState, into next: inout [LeadState]) {
        if state.left.pushes > 0 {
            next.append(state.changed { $0.push(from: nil) })
        }
        if state.left.falseAlarms > 0, state.leader >= 0, state.masterStep == nil {
            next.append(
                state.changed {
                    $0.left.falseAlarms -= 1
                    $0.masterStep = .deposes($0.leader)
                })
        }
        for slot in state.workers.indices {
            disturb(state, slot, into: &next)
        }
    }

    private func disturb(_ state: LeadState, _ slot: Int, into next: inout [LeadState]) {
        let worker = state.workers[slot]
        if worker.isFrozen { next.append(state.changed { $0.workers[slot].isFrozen = false }) }
        guard worker.mode != .dead else { return }
        if state.left.deaths > 0 {
            next.append(state.changed { $0.kill(slot) })
        }
        guard !worker.isFrozen else { return }
        if state.left.freezes > 0 {
            next.append(
                state.changed {
                    $0.left.freezes -= 1
                    $0.workers[slot].isFrozen = true
                })
        }
        guard worker.step == nil else { return }
        if !worker.isAble { next.append(state.changed { $0.workers[slot].recover() }) }
        switch worker.mode {
        case .busy:
            // Its outcome may push, on the connection that does not hear of that.
            next.append(state.changed { $0.workers[slot].look() })
            if state.left.pushes > 0 {
                next.append(
                    state.changed {
                        $0.push(from: slot)
                        $0.workers[slot].look()
                    })
            }
        case .waiting where worker.isAble:
            if state.left.heartbeats > 0 {
                next.append(
                    state.changed {
                        $0.left.heartbeats -= 1
                        $0.workers[slot].wake()
                    })
            }
            if state.left.stirs > 0 {
                next.append(
                    state.changed {
                        $0.left.stirs -= 1
                        rules.begin(.stays, &$0, slot)
                    })
            }
        case .hungry, .claiming, .gotJob, .gotNothing, .waiting, .dead: break
        }
        if state.left.outages > 0, worker.isAble, worker.mode != .busy {
            next.append(
                state.changed {
                    $0.left.outages -= 1
                    $0.workers[slot].isAble = false
                    if $0.workers[slot].mode == .waiting { $0.workers[slot].mode = .hungry }
                    rules.begin(.cannotLead, &$0, slot)
                })
        }
    }
}
