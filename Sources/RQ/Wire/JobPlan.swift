/// What is to happen before and after a job's run: the fields of its hash about
/// dependencies, retries, repeats and callbacks.
extension JobHash {
    /// The jobs it waits for.
    ///
    /// `dependency_ids` counts; where it is absent, the single `dependency_id` of old
    /// producers does.
    public var dependencyIDs: [JobID] {
        get throws(WireError) {
            guard let text = fields.bytes("dependency_ids") else {
                return fields.bytes("dependency_id").map { [JobID(bytes: $0)] } ?? []
            }
            let wrong = WireError(
                field: "dependency_ids", expected: "a JSON array of job ids", found: text)
            guard let elements = JSON(text)?.array else { throw wrong }
            var ids: [JobID] = []
            for element in elements {
                guard let id = element.string else { throw wrong }
                ids.append(JobID(id))
            }
            return ids
        }
    }

    /// True when it may run though a job it waits for has failed.
    public var allowsDependencyFailures: Bool {
        get throws(WireError) { try fields.flag("allow_dependency_failures") ?? false }
    }

    /// True when it goes to the front of its queue.
    public var isEnqueuedAtFront: Bool {
        get throws(WireError) { try fields.flag("enqueue_at_front") ?? false }
    }

    /// How many more times it runs after it raised; nil and 0 mean none.
    public var retriesLeft: Int? {
        get throws(WireError) { try fields.integer("retries_left") }
    }

    /// The pauses before each retry; empty means none.
    public var retryIntervals: [Duration] {
        get throws(WireError) { try fields.spans("retry_intervals") }
    }

    /// True when a retry goes to the front of the queue; RQ 2.12 and later.
    public var isRetriedAtFront: Bool {
        get throws(WireError) { try fields.flag("enqueue_at_front_on_retry") ?? false }
    }

    /// How many times it has already asked to run again by returning a `Retry`; RQ 2 and
    /// later.
    public var numberOfRetries: Int? {
        get throws(WireError) { try fields.integer("number_of_retries") }
    }

    /// How many more times it runs after it succeeded; RQ 2 and later.
    public var repeatsLeft: Int? {
        get throws(WireError) { try fields.integer("repeats_left") }
    }

    /// The pauses before each repetition; RQ 2 and later.
    public var repeatIntervals: [Duration] {
        get throws(WireError) { try fields.spans("repeat_intervals") }
    }

    /// The function called after success, and its time limit.
    public var successCallback: JobCallback? {
        get throws(WireError) { try callback("success") }
    }

    /// The function called after failure, and its time limit.
    public var failureCallback: JobCallback? {
        get throws(WireError) { try callback("failure") }
    }

    /// The function called after a stop by command, and its time limit.
    public var stoppedCallback: JobCallback? {
        get throws(WireError) { try callback("stopped") }
    }

    /// How many workers of rqd have died while they ran this job; a field of rqd's own.
    public var workerDeaths: Int {
        get throws(WireError) { try fields.integer("rqd_worker_deaths") ?? 0 }
    }

    /// Why a worker of rqd last gave it back to its queue; a field of rqd's own.
    public var handedBack: String? { fields.text("rqd_handed_back") }

    private func callback(_ event: String) throws(WireError) -> JobCallback? {
        guard let name = fields.text("\(event)_callback_name") else { return nil }
        return JobCallback(
            functionName: name,
            timeout: try fields.span("\(event)_callback_timeout") ?? JobCallback.standardTimeout)
    }
}
