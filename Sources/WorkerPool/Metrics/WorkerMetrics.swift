import RQ

/// What a worker counts.
///
/// *Worker process.*
extension Worker {
    private var metrics: MetricsBoard { assignment.scoreboard.metrics }

    /// The job in hand is given to a horse.
    func countStart(of job: CurrentJob) {
        // Without a moment, or with one that is unreadable, nobody knows how long it has waited.
        guard let enqueued = try? JobHash(fields: job.job.fields).enqueuedAt else { return }
        metrics.jobStarted(queue: job.fields.queue, waited: job.begunAt - enqueued)
    }

    /// A job's outcome was recorded.
    func countEnd(of job: CurrentJob, _ outcome: Outcome, _ fate: Fate) {
        guard let end = JobEnd(fate, died: job.ending != nil) else { return }
        metrics.jobEnded(
            queue: job.fields.queue, function: job.fields.function, end,
            ran: job.report == nil ? nil : outcome.ended - outcome.started)
    }

    /// An execution was handed back.
    func countHandBack(queue: String, function: String?, _ fate: Fate) {
        guard let end = JobEnd(fate, died: false) else { return }
        metrics.jobEnded(queue: queue, function: function, end, ran: nil)
    }

    /// A horse was forked.
    func countFork(after span: Duration) {
        metrics.horseForked(pool: assignment.pool.name, after: span)
    }

    /// Redis has answered.
    func countRoundTrip(_ span: Duration) {
        metrics.redisAnswered(pool: assignment.pool.name, after: span)
    }

    /// The link to Redis is gone.
    func countLostLink() { metrics.redisLost(pool: assignment.pool.name) }
}
