import Logging
import RQ
import RedisKit

/// What maintenance remembers from one task to the next.
struct CaretakerMemory {
    /// Ids in the intermediate lists.
    var stuck: [QueueName: Sightings<JobID>] = [:]
    /// Where the look at each queue's deferred jobs goes on.
    var deferredPlace: [QueueName: Int] = [:]
    /// The search for lost jobs that is under way.
    var search: LostJobSearch?
    /// Jobs that seem to be lost.
    var suspects = Sightings<QueuedJob>(patience: LostJobSearch.patience)

    /// How long an id lies in an intermediate list before it counts as stuck.
    ///
    /// Source: RQ 3.0.0, `rq/intermediate_queue.py`, `cleanup`.
    static let stuckAfter = Duration.seconds(60)
}

/// The tasks of maintenance.
extension Scheduler {
    /// Does one task.
    func perform(_ task: MaintenanceTask) {
        switch task {
        case .lock(let queue):
            if takes(.registries(queue)) { plan.follow(with: MaintenanceTask.inOrder(queue)) }
        case .unlock(let queue):
            _ = ask { try $0.call(identity.release(.registries(queue), at: .now())) { _ in } }
        case .lockGroups:
            if takes(.groups) {
                plan.follow(with: [.listGroups(from: MaintenanceTask.beginning)])
            }
        case .lockSearch: if takes(.search) { beginSearch() }
        case .expire(let queue): expire(queue)
        case .settleAbandoned(let queue, let passing): settleAbandoned(queue, passing)
        case .queueReady(let queue): queueReady(queue)
        case .queueDeferred(let queue): queueDeferred(queue)
        case .unstick(let queue): unstick(queue)
        case .sweepWorkers(let queue, let cursor): sweepWorkers(queue, cursor)
        case .findVanished(let cursor): findVanished(cursor)
        case .bury(let worker, let holder): bury(worker, holder)
        case .listGroups(let cursor): listGroups(cursor)
        case .sweepGroup(let group, let cursor): sweepGroup(group, cursor)
        case .listLimits(let cursor): listLimits(cursor)
        case .sweepLimit(let limit, let place): sweepLimit(limit, place)
        case .resume: resume()
        case .removeLateSaves(let ofAll, let place): removeLateSaves(ofAll: ofAll, place)
        case .search(let cursor): search(cursor)
        case .checkSuspects: checkSuspects()
        }
    }

    /// Takes or renews a lock.
    private func takes(_ lock: MaintenanceLock) -> Bool {
        let interval = max(assignment.settings.maintenanceInterval - .seconds(1), .seconds(1))
        let span: Duration
        switch lock {
        case .registries: span = .seconds(899)
        case .groups, .search: span = interval
        case .cron: span = SchedulerIdentity.lifetime
        }
        let request = identity.take(lock, for: span, replacing: deadPeer, at: .now())
        return ask { try $0.call(request) { $0.integer == 1 } } == true
    }

    private func expire(_ queue: QueueName) {
        let request = identity.expire(queue, at: .now())
        let reply = ask { try $0.call(request) { SchedulerIdentity.readCount($0) } }
        if reply?.more == true { plan.follow(with: [.expire(queue)]) }
    }

    private func settleAbandoned(_ queue: QueueName, _ passing: Int) {
        let request = identity.settleAbandoned(queue, passing: passing, at: .now())
        let reply = ask { try $0.call(request) { SchedulerIdentity.readAbandoned($0) } } ?? nil
        guard let reply else { return }
        tell(reply.settled, queue, "abandoned job settled")
        if !reply.settled.isEmpty { plan.follow(with: [.resume]) }
        if reply.more {
            plan.follow(with: [.settleAbandoned(queue, passing: passing + reply.left)])
        }
    }

    private func queueReady(_ queue: QueueName) {
        let request = identity.queueReady(queue, at: .now())
        let reply = ask { try $0.call(request) { SchedulerIdentity.readCount($0) } }
        guard let reply else { return }
        tell(reply.count, queue, "ready jobs queued")
        if reply.more { plan.follow(with: [.queueReady(queue)]) }
    }

    /// A batch each time; the next time goes on from there.
    private func queueDeferred(_ queue: QueueName) {
        let place = memory.deferredPlace[queue] ?? 0
        let request = identity.queueDeferred(queue, from: place, at: .now())
        let reply = ask { try $0.call(request) { SchedulerIdentity.readDeferred($0) } }
        guard let reply else { return }
        memory.deferredPlace[queue] = reply.next
        if reply.isMidway { plan.follow(with: [.queueDeferred(queue)]) }
        tell(reply.count, queue, "deferred jobs queued")
    }

    private func unstick(_ queue: QueueName) {
        let key = identity.keys.intermediate(queue)
        let list = Command("LRANGE", .bytes(key), "0", .integer(SchedulerIdentity.batch - 1))
        let ids = ask { try $0.call(list) { $0.map { JobID(bytes: $0.bytes ?? []) } } }
        guard let ids else { return }
        var sightings =
            memory.stuck[queue] ?? Sightings(patience: CaretakerMemory.stuckAfter)
        let stuck = sightings.saw(ids, at: .now())
        memory.stuck[queue] = sightings
        guard !stuck.isEmpty else { return }
        let request = identity.unstick(stuck, in: queue, at: .now())
        let settled = ask { try $0.call(request) { SchedulerIdentity.readSettled($0) } }
        tell(settled ?? [], queue, "stuck job settled")
    }

    private func sweepWorkers(_ queue: QueueName?, _ cursor: [UInt8]) {
        let request = identity.sweepWorkers(of: queue, from: cursor, at: .now())
        let page = ask { try $0.call(request) { SchedulerIdentity.readPage($0) } }
        guard let next = page?.next else { return }
        plan.follow(with: [.sweepWorkers(queue, from: next)])
    }

    /// rqd's workers that are not registered any more and may have left claims.
    private func findVanished(_ cursor: [UInt8]) {
        guard let (next, words) = page("HSCAN", of: identity.keys.claimants, from: cursor) else {
            return
        }
        if let next { plan.follow(with: [.findVanished(from: next)]) }
        let all = stride(from: 0, to: words.count - 1, by: 2).map { index in
            (WorkerName(bytes: words[index]), String(decoding: words[index + 1], as: UTF8.self))
        }
        // A process that lives on this host will speak for itself.
        let others = all.filter { !HostIdentity.isAlive(holder: $0.1) }
        guard !others.isEmpty else { return }
        let questions = others.map { Command("EXISTS", .bytes(identity.keys.worker($0.0))) }
        let answers = ask { try $0.pipeline(questions) } ?? []
        plan.follow(
            with: zip(others, answers).compactMap { other, answer in
                answer.integer == 0 ? .bury(other.0, holder: other.1) : nil
            })
    }

    /// Hands back what a vanished worker had, as far as its leases are over; then forgets it.
    private func bury(_ name: WorkerName, _ holder: String) {
        let dead = WorkerIdentity(keys: identity.keys, name: name)
        let first = page("HSCAN", of: identity.keys.claims(name), from: MaintenanceTask.beginning)
        guard let (next, words) = first else { return }
        let claims = stride(from: 0, to: words.count - 1, by: 2).map { index in
            ExecutionID(bytes: words[index])
        }
        var isSettled = true
        for execution in claims {
            let question = dead.queue(of: execution, at: .now())
            guard let queue = ask({ try $0.call(question) { $0.bytes ?? [] } }) else {
                isSettled = false
                continue
            }
            let rule = assignment.deathRules[QueueName(bytes: queue)]
            let request = dead.reclaim(
                execution, overFor: assignment.vanishing.overdue, at: .now(),
                requeue: rule.fate == .requeue,
                reason: "its worker has vanished", quarantineAfter: rule.quarantineAfter)
            let reply = ask { link in
                try link.call(request) { view in Result { try Fate.readReclaimed(view) } }.get()
            }
            guard let settled = reply ?? nil else {
                isSettled = false
                continue
            }
            log.warning(
                "vanished worker's job settled",
                metadata: [
                    "RQ_WORKER": "\(name)", "RQ_QUEUE": "\(settled.1)",
                    "RQ_JOB_ID": "\(settled.2)", "fate": "\(settled.0)",
                ])
        }
        if !claims.isEmpty { plan.follow(with: [.resume]) }
        // More of them, or what is not to be settled yet, has its turn at the next glance.
        guard isSettled, next == nil else { return }
        _ = ask { try $0.call(dead.death(at: .now(), holder: holder)) { _ in } }
    }

    private func listGroups(_ cursor: [UInt8]) {
        guard let (next, groups) = page("SSCAN", of: identity.keys.groups, from: cursor) else {
            return
        }
        let tasks: [MaintenanceTask] = groups.map {
            .sweepGroup($0, from: MaintenanceTask.beginning)
        }
        plan.follow(with: tasks + (next.map { [.listGroups(from: $0)] } ?? []))
    }

    private func sweepGroup(_ group: [UInt8], _ cursor: [UInt8]) {
        let request = identity.sweepGroup(group, from: cursor, at: .now())
        let page = ask { try $0.call(request) { SchedulerIdentity.readPage($0) } }
        if let next = page?.next { plan.follow(with: [.sweepGroup(group, from: next)]) }
    }

    private func listLimits(_ cursor: [UInt8]) {
        guard let (next, limits) = page("SSCAN", of: identity.keys.rateLimits, from: cursor) else {
            return
        }
        let tasks: [MaintenanceTask] = limits.map { .sweepLimit($0, from: 0) }
        plan.follow(with: tasks + (next.map { [.listLimits(from: $0)] } ?? [.resume]))
    }

    private func sweepLimit(_ limit: [UInt8], _ place: Int) {
        let request = identity.sweepLimit(limit, from: place, at: .now())
        let reply = ask { try $0.call(request) { SchedulerIdentity.readPlace($0) } }
        if let next = reply?.next { plan.follow(with: [.sweepLimit(limit, from: next)]) }
    }

    /// A producer has saved a job after its end, and nobody else would remove it.
    private func removeLateSaves(ofAll: Bool, _ place: Int) {
        let window = Int(2 * MaintenancePlan.glanceInterval.components.seconds)
        let since = ofAll ? 0 : serverTime.epochSeconds - window
        let request = identity.removeLateSaves(
            endedSince: Timestamp(epochSeconds: since), from: place, at: .now())
        let reply = ask { try $0.call(request) { SchedulerIdentity.readPlace($0) } }
        guard let reply else { return }
        if reply.count > 0 {
            log.info("late saves of ended jobs removed", metadata: ["jobs": "\(reply.count)"])
        }
        guard let next = reply.next else { return }
        plan.follow(with: [.removeLateSaves(ofAll: ofAll, from: next)])
    }

    /// What a worker has left that died before it was through, or that nobody was told of.
    private func resume() {
        let request = identity.resume(at: .now())
        let step = ask { try $0.call(request) { UnfinishedWork.Step($0) } }
        if step?.goesOn == true { plan.follow(with: [.resume]) }
    }

    /// Some members of a set or of a hash, and where to go on: nil at the end.
    private func page(
        _ command: String, of key: [UInt8], from cursor: [UInt8]
    ) -> (next: [UInt8]?, members: [[UInt8]])? {
        let command = Command(
            command, .bytes(key), .bytes(cursor), "COUNT", .integer(SchedulerIdentity.batch))
        return ask { link in
            try link.call(command) { reply in
                guard reply.count == 2, let next = reply[0].bytes else { return (nil, []) }
                let members = reply[1].map { $0.bytes ?? [] }
                return (next == MaintenanceTask.beginning ? nil : next, members)
            }
        }
    }

    // What was lost.

    /// Lists what lies in the queues, and begins to go through the jobs.
    private func beginSearch() {
        let now = serverTime
        let lengths = assignment.queues.map { Command("LLEN", .bytes(identity.keys.queue($0))) }
        guard let counts = ask({ try $0.pipeline(lengths) }) else { return }
        var listed: [QueueName: Set<JobID>] = [:]
        for (queue, count) in zip(assignment.queues, counts) {
            guard let count = count.integer, count <= LostJobSearch.longestQueue else { continue }
            let list = Command("LRANGE", .bytes(identity.keys.queue(queue)), "0", "-1")
            let ids = ask { try $0.call(list) { $0.map { JobID(bytes: $0.bytes ?? []) } } }
            listed[queue] = ids.map { Set($0) }
        }
        memory.search = LostJobSearch(listed: listed, at: now)
        plan.follow(with: [.search(from: MaintenanceTask.beginning)])
    }

    private func search(_ cursor: [UInt8]) {
        guard let search = memory.search else { return }
        let request = identity.search(from: cursor, before: search.before, at: .now())
        guard let page = ask({ try $0.call(request) { SchedulerIdentity.readSearch($0) } }) else {
            return
        }
        for suspect in search.suspects(among: page.jobs)
        where memory.suspects.items.count < LostJobSearch.mostSuspects {
            memory.suspects.watch(suspect, at: .now())
        }
        if let next = page.next {
            plan.follow(with: [.search(from: next)])
        } else {
            memory.search = nil
        }
    }

    /// Puts back what has been nowhere for a minute, and forgets what was found.
    private func checkSuspects() {
        let suspects = memory.suspects.items
        guard !suspects.isEmpty else { return }
        guard let missing = find(suspects, putBack: false) else { return }
        let lost = memory.suspects.saw(missing, at: .now())
        guard !lost.isEmpty, let found = find(lost, putBack: true) else { return }
        for job in found {
            tell([SettledJob(id: job.id, fate: .requeued)], job.queue, "lost job found")
        }
    }

    private func find(_ jobs: [QueuedJob], putBack: Bool) -> [QueuedJob]? {
        var found: [QueuedJob] = []
        var rest = jobs[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(SchedulerIdentity.batch))
            rest = rest.dropFirst(SchedulerIdentity.batch)
            let request = identity.find(some, putBack: putBack, at: .now())
            let ids = ask { try $0.call(request) { SchedulerIdentity.readIDs($0) } }
            guard let ids else { return nil }
            found += some.filter { ids.contains($0.id) }
        }
        return found
    }

    // What the log is told.

    private func tell(_ settled: [SettledJob], _ queue: QueueName, _ message: Logger.Message) {
        for job in settled where job.fate != .stale && job.fate != .missing {
            log.warning(
                message,
                metadata: [
                    "RQ_QUEUE": "\(queue)", "RQ_JOB_ID": "\(job.id)", "fate": "\(job.fate)",
                ])
        }
    }

    private func tell(_ count: Int, _ queue: QueueName, _ message: Logger.Message) {
        guard count > 0 else { return }
        log.warning(message, metadata: ["RQ_QUEUE": "\(queue)", "jobs": "\(count)"])
    }
}
