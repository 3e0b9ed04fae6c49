import RQ

/// What a scheduler knows of its queues, and which it looks at next and when.
///
/// Pure: it reads no clock and asks nobody. A *look* is one pass over a queue: it renews the lock,
/// moves what is due and brings the moment when more will be. Between looks nothing is asked; the
/// server tells of changes (`woken`).
struct SchedulerState: ~Copyable {
    /// What to do now.
    enum Step: Equatable {
        /// Look at a queue; the lock of a scheduler that is known to be dead may be taken over.
        case pass(QueueName, replacing: String?)
        /// Renew the hash that shows the scheduler.
        case beat
    }

    /// What a look brought.
    enum Finding: Equatable {
        /// The lock is ours; the next job is due after so long, or none is scheduled.
        case mine(moved: Int, nextAfter: Duration?)
        /// Another scheduler has the lock, until it expires or is renewed.
        case held(by: String, isDead: Bool, expiry: Duration?)
        /// The server refused.
        case refused
    }

    private struct Place {
        let queue: QueueName
        var isOurs = false
        var lookAt: MonotonicTime?
        var lastLook: MonotonicTime?
        var replacing: String?
    }

    /// How often locks and hash are renewed; they live for 61 s.
    static let renewal = Duration.seconds(20)
    /// How often a queue is looked at if the server cannot tell of changes, and at most if another
    /// scheduler's renewals are what it tells of.
    static let patience = Duration.seconds(1)
    /// The shortest time between two looks that nothing made urgent.
    static let breath = Duration.milliseconds(10)

    private var places: [Place]
    private var isUp = false
    private var isTold = true
    private var beatAt: MonotonicTime?
    /// How many jobs were moved.
    private(set) var moved = 0

    /// A scheduler of these queues, without a link.
    init(queues: [QueueName]) {
        places = queues.map { Place(queue: $0) }
    }

    /// The queues whose locks are ours.
    var served: [QueueName] { places.filter(\.isOurs).map(\.queue) }

    /// Whether every queue has been looked at and nothing is due at this moment.
    func isThrough(at now: MonotonicTime) -> Bool {
        places.allSatisfy { place in
            guard place.lastLook != nil, let lookAt = place.lookAt else { return false }
            return lookAt > now
        }
    }

    /// Redis answers: every queue is looked at.
    mutating func linkUp(isTold: Bool, at now: MonotonicTime) {
        isUp = true
        self.isTold = isTold
        beatAt = nil
        for index in places.indices {
            places[index].lookAt = now
            places[index].isOurs = false
        }
    }

    /// Redis is away: nothing is due.
    mutating func linkDown() {
        isUp = false
        for index in places.indices { places[index].isOurs = false }
    }

    /// A queue's scheduled jobs or its lock have changed; nil stands for any queue.
    mutating func woken(_ queue: QueueName?, at now: MonotonicTime) {
        for index in places.indices where queue == nil || places[index].queue == queue {
            let pause = places[index].isOurs ? Self.breath : Self.patience
            let soonest = places[index].lastLook.map { max($0 + pause, now) } ?? now
            places[index].lookAt = min(places[index].lookAt ?? soonest, soonest)
        }
    }

    /// When `next` will have something, if nothing else happens.
    var nextDue: MonotonicTime? {
        guard isUp else { return nil }
        return (places.compactMap(\.lookAt) + [beatAt].compactMap(\.self)).min()
    }

    /// What is to be done at this moment; nil if nothing is.
    func next(at now: MonotonicTime) -> Step? {
        guard isUp else { return nil }
        if let beatAt, beatAt <= now { return .beat }
        let due = places.filter { $0.lookAt.map { $0 <= now } == true }
        // Whoever waits longest comes first, so that a full queue keeps no other waiting.
        let first = due.min { ($0.lastLook?.nanoseconds ?? 0) < ($1.lastLook?.nanoseconds ?? 0) }
        return first.map { .pass($0.queue, replacing: $0.replacing) }
    }

    /// The hash was renewed.
    mutating func beaten(at now: MonotonicTime) { beatAt = now + Self.renewal }

    /// A look came to an end.
    mutating func passed(_ queue: QueueName, _ finding: Finding, at now: MonotonicTime) {
        guard let index = places.firstIndex(where: { $0.queue == queue }) else { return }
        places[index].lastLook = now
        places[index].replacing = nil
        places[index].isOurs = false
        switch finding {
        case .mine(let count, let nextAfter):
            moved += count
            places[index].isOurs = true
            let due = max(nextAfter ?? Self.renewal, count > 0 ? .zero : .milliseconds(1))
            places[index].lookAt = now + min(due, isTold ? Self.renewal : Self.patience)
            if beatAt == nil { beatAt = now }
        case .held(let holder, isDead: true, _):
            places[index].replacing = holder
            places[index].lookAt = now
        case .held(_, isDead: false, let expiry):
            let longest = isTold ? SchedulerIdentity.lifetime : Self.patience
            let wait = min(expiry ?? Self.renewal, longest)
            places[index].lookAt = now + wait + .milliseconds(5)
        case .refused:
            places[index].lookAt = now + Self.patience
        }
        if places.allSatisfy({ !$0.isOurs }) { beatAt = nil }
    }
}
