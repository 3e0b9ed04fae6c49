/// How soon a scheduler notices that a worker of another host has vanished.
///
/// It follows from the most frequent heartbeat of its own pools: by default it looks every 10 s for
/// leases that have been over for 10 s. The leases are as long as the vanished host's pools said.
struct VanishingLimits: Sendable, Equatable {
    /// Between two looks.
    let lookInterval: Duration
    /// For how long a lease must be over.
    let overdue: Duration

    /// The limits by the heartbeat intervals of all pools.
    init(heartbeats: [Duration]) {
        let third = (heartbeats.min() ?? .seconds(30)) / 3
        lookInterval = min(max(third, .seconds(1)), .seconds(10))
        overdue = .seconds(min(max(third.components.seconds, 1), 10))
    }
}
