import RQ

/// One step of maintenance: a call or two, so that due jobs need not wait for the rest.
enum MaintenanceTask: Equatable, Sendable {
    /// Take the lock of a queue's registries; with it, `inOrder` follows.
    case lock(QueueName)
    /// Release it.
    case unlock(QueueName)
    /// Remove expired entries of the finished and failed registries.
    case expire(QueueName)
    /// Settle runs whose lease is over, but for so many that were left alone before.
    case settleAbandoned(QueueName, passing: Int)
    /// Queue jobs that are ready.
    case queueReady(QueueName)
    /// Queue some deferred jobs whose parents have ended.
    case queueDeferred(QueueName)
    /// Put back what lies in the intermediate list for too long.
    case unstick(QueueName)
    /// Remove dead workers from the set of a queue, or of all.
    case sweepWorkers(QueueName?, from: [UInt8])
    /// Look for rqd's workers that vanished with their claims.
    case findVanished(from: [UInt8])
    /// Hand back what such a worker had, and forget it.
    case bury(WorkerName, holder: String)
    /// Take the lock of the groups; with it, `listGroups` follows.
    case lockGroups
    /// List some groups.
    case listGroups(from: [UInt8])
    /// Remove jobs that are gone from a group.
    case sweepGroup([UInt8], from: [UInt8])
    /// List some rate limits.
    case listLimits(from: [UInt8])
    /// Take slots back from jobs that have ended.
    case sweepLimit([UInt8], from: Int)
    /// Go on with what a script of any worker has left.
    case resume
    /// Remove what producers have saved of some jobs that had ended: those of the last moments, or
    /// all that are remembered.
    case removeLateSaves(ofAll: Bool, from: Int)
    /// Take the lock of the search for lost jobs; with it, the search begins.
    case lockSearch
    /// Search some of the keys.
    case search(from: [UInt8])
    /// Look at the jobs that seemed to be lost.
    case checkSuspects

    /// The cursor at which every listing begins.
    static let beginning = Array("0".utf8)

    /// What is done under the lock of a queue.
    static func inOrder(_ queue: QueueName) -> [MaintenanceTask] {
        [
            .expire(queue), .settleAbandoned(queue, passing: 0),
            .sweepWorkers(queue, from: beginning), .unlock(queue),
        ]
    }

    /// What is looked at often: it costs little, and somebody waits for it.
    static func glance(_ queue: QueueName) -> [MaintenanceTask] {
        [
            .settleAbandoned(queue, passing: 0), .queueReady(queue), .queueDeferred(queue),
            .unstick(queue),
        ]
    }
}

/// When which maintenance is due.
///
/// Pure. A *round* looks after everything, once in the configured interval; a *glance* after what
/// somebody waits for; between those, a *look* after vanished hosts alone. Tasks are handed out one
/// by one.
struct MaintenancePlan {
    private let queues: [QueueName]
    private let interval: Duration
    private let lookInterval: Duration
    private let isOnce: Bool
    private var tasks: [MaintenanceTask] = []
    private var roundAt: MonotonicTime?
    private var glanceAt: MonotonicTime?
    private var lookAt: MonotonicTime?
    private var hasBeenUp = false

    /// How often a glance is due.
    static let glanceInterval = Duration.seconds(20)
    /// How long workers have to renew their leases after Redis was away.
    static let grace = Duration.seconds(10)

    /// A plan for these queues; `isOnce` for one round without the search for lost jobs.
    init(queues: [QueueName], interval: Duration, lookInterval: Duration, isOnce: Bool) {
        self.queues = queues
        self.interval = interval
        self.lookInterval = lookInterval
        self.isOnce = isOnce
    }

    /// Whether there is nothing left of what was begun.
    func isThrough(at now: MonotonicTime) -> Bool {
        tasks.isEmpty && roundAt.map { $0 > now } == true
    }

    /// Redis answers.
    mutating func linkUp(at now: MonotonicTime) {
        let first = hasBeenUp ? now + Self.grace : now
        hasBeenUp = true
        (roundAt, glanceAt, lookAt) = (first, first, first)
    }

    /// Redis is away: what was begun will be begun anew.
    mutating func linkDown() {
        tasks = []
        (roundAt, glanceAt, lookAt) = (nil, nil, nil)
    }

    /// When `next` will have something.
    func nextDue(at now: MonotonicTime) -> MonotonicTime? {
        tasks.isEmpty ? [roundAt, glanceAt, lookAt].compactMap(\.self).min() : now
    }

    /// The next task; nil if nothing is to be done now.
    mutating func next(at now: MonotonicTime) -> MaintenanceTask? {
        if tasks.isEmpty { begin(at: now) }
        return tasks.isEmpty ? nil : tasks.removeFirst()
    }

    /// What a task has led to comes next.
    mutating func follow(with more: [MaintenanceTask]) {
        tasks.insert(contentsOf: more, at: 0)
    }

    private mutating func begin(at now: MonotonicTime) {
        let isRound = roundAt.map { $0 <= now } == true
        guard isRound || glanceAt.map({ $0 <= now }) == true else {
            guard let due = lookAt, due <= now else { return }
            lookAt = now + lookInterval
            return tasks = [.findVanished(from: MaintenanceTask.beginning)]
        }
        lookAt = now + lookInterval
        glanceAt = now + Self.glanceInterval
        tasks = [.resume, .findVanished(from: MaintenanceTask.beginning), .checkSuspects]
        tasks += queues.flatMap(MaintenanceTask.glance)
        guard isRound else { return tasks.append(.removeLateSaves(ofAll: false, from: 0)) }
        roundAt = now + interval
        tasks += queues.map { .lock($0) }
        tasks += [
            .sweepWorkers(nil, from: MaintenanceTask.beginning),
            .listLimits(from: MaintenanceTask.beginning), .lockGroups,
            .removeLateSaves(ofAll: true, from: 0),
        ]
        if !isOnce { tasks.append(.lockSearch) }
    }
}
