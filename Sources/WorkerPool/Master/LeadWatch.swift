/// Finds pools whose leader does not answer, or that nobody leads though somebody could.
///
/// *Master process.* Decides only. It looks at regular intervals; a leader has until the next look
/// to answer, so what is wrong is seen after two of them at the latest. A pool in which nobody
/// else is idle is left in peace.
struct LeadWatch {
    /// What the scoreboard says of a pool.
    struct Reading: Equatable {
        /// The leader's slot, if there is one.
        var leader: Int?
        /// How many steps the leader has made.
        var progress: UInt64 = 0
        /// Whether others take part.
        var hasFollowers = false
    }

    /// What is to be done about a pool.
    enum Action: Equatable {
        /// Its leader is to show that it is awake.
        case ask(leader: Int)
        /// Another is to lead.
        case depose(pool: Int, leader: Int?)
    }

    private var suspects: [Int: Reading] = [:]

    /// Takes a look.
    ///
    /// - Parameter readings: by pool; those with neither a leader nor followers may be missing.
    /// - Returns: what to do, by pool.
    mutating func look(_ readings: [Int: Reading]) -> [Action] {
        var actions: [Action] = []
        let before = suspects
        suspects = readings.filter { $0.value.hasFollowers }
        for (pool, reading) in suspects.sorted(by: { $0.key < $1.key }) {
            if before[pool] == reading {
                actions.append(.depose(pool: pool, leader: reading.leader))
                suspects[pool] = nil
            } else if let leader = reading.leader {
                actions.append(.ask(leader: leader))
            }
        }
        return actions
    }
}
