import Logging

/// How the master sees to it that each pool has a leader that is awake.
///
/// *Master process.*
extension Master {
    /// A job beside an idle worker waits for two of these at most, and then for a claim.
    static let leadInterval = Duration.milliseconds(700)

    /// Looks at the lead of every pool.
    func watchLeads() {
        for action in leads.look(scoreboard.leads()) {
            switch action {
            case .ask(let leader): nursery.notify(leader)
            case .depose(let pool, let leader):
                log.debug(
                    "a pool's leader does not answer, another leads",
                    metadata: [
                        "RQD_POOL": "\(nursery.roster.pools[pool].name)",
                        "place": "\(leader.map { "\($0)" } ?? "none")",
                    ])
                nursery.change(leadOf: pool, by: .deposes(leader))
            }
        }
        leadTimer?.arm(after: Self.leadInterval)
    }
}

extension Scoreboard {
    /// Who leads and who follows, by pool.
    func leads() -> [Int: LeadWatch.Reading] {
        var readings: [Int: LeadWatch.Reading] = [:]
        for slot in 0..<used where self[slot].isFollowing {
            guard let pool = self[slot].pool else { continue }
            let lead = PoolLead(self, pool: pool)
            var reading = readings[pool] ?? LeadWatch.Reading(leader: lead.leader)
            if let leader = reading.leader, leader == slot {
                reading.progress = self[slot].progress
            } else {
                reading.hasFollowers = true
            }
            readings[pool] = reading
        }
        return readings
    }
}
