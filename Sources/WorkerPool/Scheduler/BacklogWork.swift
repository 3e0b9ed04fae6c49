import RQ
import RedisKit

/// Telling the master for how long jobs have waited, where a pool grows by that.
extension Scheduler {
    /// Looks at the queues whose turn it is.
    ///
    /// - Returns: when to come back; nil if nothing waits.
    func turnBacklog() -> MonotonicTime? {
        while link?.isUp == true, let pool = backlog.next(at: .now()) {
            let heads: [Timestamp]? = ask { link in try self.oldest(of: pool.queues, link) }
            guard link?.isUp == true else { return nil }
            let oldest = heads?.min()
            show(pool, since: oldest)
            backlog.looked(pool, found: oldest != nil, at: .now())
        }
        return backlog.nextDue
    }

    /// Redis is away: nobody knows what waits.
    func leaveBacklog() {
        backlog.linkDown()
        for pool in assignment.watched { show(pool, since: nil) }
    }

    /// When the first job of each queue was put there; a queue is as long as its oldest job waits.
    private func oldest(
        of queues: [QueueName], _ link: SchedulerLink
    ) throws(RedisError) -> [Timestamp] {
        let heads = try link.pipeline(
            queues.map { Command("LINDEX", .bytes(identity.keys.queue($0)), 0) })
        let jobs = heads.compactMap(\.bytes).map { identity.keys.job(JobID(bytes: $0)) }
        guard !jobs.isEmpty else { return [] }
        let times = try link.pipeline(
            jobs.map { Command("HGET", .bytes($0), "enqueued_at") })
        return times.map { reply in
            // A job that does not say counts from now on: it is not worth another worker yet.
            reply.bytes.flatMap { try? Timestamp(utcISO: $0, field: "enqueued_at") } ?? serverTime
        }
    }

    /// Writes it where the master sees it.
    private func show(_ pool: BacklogWatch.Pool, since oldest: Timestamp?) {
        let waited = oldest.map { max(serverTime - $0, .zero) }
        let since = waited.map { MonotonicTime.now() + (.zero - $0) }
        if since == nil, scoreboard.waitingSince(pool: pool.number) == nil { return }
        scoreboard.setWaiting(pool: pool.number, since: since)
        scoreboard.news()
    }
}
