import RQ

/// User code at a job's end that the job's own horse cannot run; another horse does.
///
/// The stopped callback of a job whose horse was ended by command, and the handler for horses that
/// died, run before the outcome is recorded, webhooks are sent after that; as in rq.
struct Errand: Equatable {
    /// The job; its fields are brought up to its end.
    let job: ClaimedJob
    /// What the horse is told.
    let order: HorseOrder
    /// What is to be recorded afterwards; nil when that has been done.
    let outcome: Outcome?
    /// How long it may take.
    let limit: Duration

    /// What a webhook may take that says nothing of it, in seconds.
    ///
    /// Source: RQ 3.0.0, `rq/webhook.py`.
    private static let webhookTimeout = 10

    /// How long the handler for horses that died may take; in rq, which calls it in the worker, for
    /// ever.
    private static let killedHandlerLimit = Duration.seconds(60)

    /// How long exception handlers may take; in rq for ever.
    private static let handlersLimit = Duration.seconds(60)

    /// The handler for horses that died.
    ///
    /// - Parameters:
    ///   - job: its horse died.
    ///   - ending: how.
    ///   - outcome: what is recorded afterwards.
    init(horseOf job: ClaimedJob, diedBy ending: HorseEnding, _ outcome: Outcome) {
        self.job = job.ended(outcome)
        order = .tellKilled(ending)
        self.outcome = outcome
        limit = Self.killedHandlerLimit
    }

    /// The exception handlers of a job whose failure is recorded, in the job's own horse.
    ///
    /// - Parameter job: it has failed.
    init(handlersOf job: ClaimedJob) {
        self.job = job
        order = .run
        outcome = nil
        limit = Self.handlersLimit
    }

    /// The stopped callback, or nil if the job has none.
    ///
    /// - Parameters:
    ///   - job: its horse was ended by command.
    ///   - outcome: what is recorded afterwards.
    init?(stopped job: ClaimedJob, _ outcome: Outcome) {
        let callback: JobCallback?
        do {
            callback = try JobHash(fields: job.fields).stoppedCallback
        } catch {
            // Its timeout is not a number: rq's code says so in the horse.
            callback = JobCallback(functionName: "")
        }
        guard let callback else { return nil }
        self.job = job.ended(outcome)
        order = .tellStopped
        self.outcome = outcome
        limit = callback.timeout
    }

    /// The webhooks of a job that has come to its end, or nil if there are none for this end.
    ///
    /// - Parameters:
    ///   - fate: where the job went; what was stopped has none.
    ///   - job: the job.
    ///   - outcome: what was recorded.
    init?(after fate: Fate, _ job: ClaimedJob, _ outcome: Outcome) {
        let order: HorseOrder
        switch fate {
        case .finished: order = .tellFinished
        case .failed:
            switch outcome.kind {
            case .failed(let text): order = .tellFailed(text: text)
            case .returned, .retry, .stopped: order = .tellFailed(text: "")
            }
        case .stopped, .retried, .scheduled, .requeued, .canceled, .deleted, .lost, .gone:
            return nil
        }
        let hooks = job.webhooks.filter { $0.status == order.word }
        guard !hooks.isEmpty else { return nil }
        self.order = order
        self.job = job.ended(outcome)
        self.outcome = nil
        limit = .seconds(hooks.map { $0.timeout ?? Self.webhookTimeout }.reduce(0, +))
    }
}

extension ClaimedJob {
    /// Whether somebody is to be told of the job's end.
    var hasWebhooks: Bool { fields["webhooks"] != nil }

    /// For which end each webhook is, and its timeout in seconds.
    fileprivate var webhooks: [(status: String, timeout: Int?)] {
        let hooks = fields["webhooks"].flatMap { JSON($0)?.array } ?? []
        return hooks.compactMap { hook in
            guard let status = hook.object?["job_status"]?.string else { return nil }
            guard case .integer(let timeout)? = hook.object?["timeout"] else {
                return (status, nil)
            }
            return (status, min(max(timeout, 0), 86_400))
        }
    }

    /// The job as it is once this outcome is recorded, for the code that is told of it.
    fileprivate func ended(_ outcome: Outcome) -> ClaimedJob {
        var fields = fields
        var changes = outcome.changed.flat[...]
        while let name = changes.popFirst(), let value = changes.popFirst() {
            fields.append(String(decoding: name, as: UTF8.self), value)
        }
        fields.append("started_at", outcome.started.utcISO)
        fields.append("ended_at", outcome.ended.utcISO)
        return ClaimedJob(queue: queue, id: id, execution: execution, fields: fields)
    }
}
