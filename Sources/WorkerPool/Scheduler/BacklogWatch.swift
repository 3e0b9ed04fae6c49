import RQ

/// For pools that grow by themselves: whose queues are looked at next, and what was seen there.
///
/// Pure: it reads no clock and asks nobody. A look reads the head of each of a pool's queues. While
/// they are empty nothing is asked, since the server tells of the next push.
struct BacklogWatch {
    /// A pool, by its number on the scoreboard.
    struct Pool: Sendable, Equatable {
        /// Its number.
        let number: Int
        /// The queues that it serves.
        let queues: [QueueName]
    }

    private struct Place {
        let pool: Pool
        var lookAt: MonotonicTime?
    }

    /// How often a queue in which jobs wait is looked at, and any if the server cannot tell.
    static let interval = Duration.seconds(1)

    private var places: [Place]
    private var isTold = true

    /// Nothing is looked at before the link is up.
    init(_ pools: [Pool]) { places = pools.map { Place(pool: $0) } }

    /// Redis answers: every pool's queues are looked at.
    mutating func linkUp(isTold: Bool, at now: MonotonicTime) {
        self.isTold = isTold
        for index in places.indices { places[index].lookAt = now }
    }

    /// Redis is away.
    mutating func linkDown() {
        for index in places.indices { places[index].lookAt = nil }
    }

    /// Jobs were put in a queue, or taken; nil stands for any queue.
    mutating func changed(_ queue: QueueName?, at now: MonotonicTime) {
        for index in places.indices
        where places[index].lookAt == nil
            && queue.map(places[index].pool.queues.contains) != false
        {
            places[index].lookAt = now + Self.interval
        }
    }

    /// When somebody's turn comes, if nothing else happens.
    var nextDue: MonotonicTime? { places.compactMap(\.lookAt).min() }

    /// Whose queues are to be looked at now; nil for nobody's.
    func next(at now: MonotonicTime) -> Pool? {
        places.first { $0.lookAt.map { $0 <= now } == true }?.pool
    }

    /// A look has shown whether jobs wait.
    mutating func looked(_ pool: Pool, found isWaiting: Bool, at now: MonotonicTime) {
        guard let index = places.firstIndex(where: { $0.pool == pool }) else { return }
        places[index].lookAt = isWaiting || !isTold ? now + Self.interval : nil
    }
}
