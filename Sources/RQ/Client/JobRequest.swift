import RedisKit

/// A job that is to be made: what is called, when, and all else about it.
public struct JobRequest: Hashable, Sendable {
    /// When a job goes into its queue.
    public enum Moment: Hashable, Sendable {
        /// At once.
        case now
        /// At a time, in whole seconds; needs a scheduler among the workers.
        case at(Timestamp)
        /// After a while; needs a scheduler among the workers.
        case after(Duration)
    }

    /// What is called.
    public var call: Call
    /// When.
    public var moment: Moment
    /// All else.
    public var options: JobOptions

    /// A request.
    public init(_ call: Call, _ moment: Moment = .now, options: JobOptions = JobOptions()) {
        self.call = call
        self.moment = moment
        self.options = options
    }

    /// When the job is due, in epoch seconds; nil for now.
    func due(from now: Timestamp) -> Int? {
        switch moment {
        case .now: nil
        case .at(let time): time.epochSeconds
        case .after(let span):
            Timestamp(microseconds: now.microseconds + span.wholeMicroseconds).epochSeconds
        }
    }

    /// The job's hash, without what the script adds: `status` and `enqueued_at`.
    ///
    /// Source: RQ 3.0.0, `rq/job.py`, `Job.to_dict`.
    func fields(
        queue: QueueName, serializer: Serializer, at now: Timestamp
    ) throws(ClientError) -> FieldList {
        var fields = FieldList()
        fields.append("created_at", now.utcISO)
        fields.append("data", try call.data(serializer))
        for (event, callback) in callbacks {
            fields.append("\(event)_callback_name", callback?.functionName ?? "")
            if let callback {
                fields.append(
                    "\(event)_callback_timeout", "\(callback.timeout.components.seconds)")
            }
        }
        for name in ["started_at", "ended_at", "last_heartbeat", "worker_name"] {
            fields.append(name, "")
        }
        fields.append("group_id", options.group ?? "")
        fields.append("origin", queue.bytes)
        fields.append("description", options.description ?? call.shortDescription)
        fields.append("timeout", options.timeout.bytes)
        let spans: [(String, Int?)] = [
            ("result_ttl", options.resultTTL.seconds), ("failure_ttl", options.failureTTL.seconds),
            ("ttl", options.ttl.map { Int($0.components.seconds) }),
        ]
        for (name, seconds) in spans {
            if let seconds { fields.append(name, String(seconds)) }
        }
        try appendPlans(to: &fields)
        if !options.meta.isEmpty {
            fields.append("meta", try serializer.bytes(of: PlainValue(options.meta)))
        }
        return fields
    }

    private var callbacks: [(String, JobCallback?)] {
        [
            ("success", options.onSuccess), ("failure", options.onFailure),
            ("stopped", options.onStopped),
        ]
    }

    private func appendPlans(to fields: inout FieldList) throws(ClientError) {
        func json(_ value: PlainValue) throws(ClientError) -> [UInt8] {
            try Serializer.json.bytes(of: value)
        }
        if let retry = options.retry {
            fields.append("retries_left", String(retry.max))
            fields.append(
                "retry_intervals", try json(.list(retry.intervals.map(PlainValue.integer))))
            if retry.enqueuesAtFront { fields.append("enqueue_at_front_on_retry", "1") }
        }
        if let repetition = options.repetition {
            fields.append("repeats_left", String(repetition.times))
            fields.append(
                "repeat_intervals", try json(.list(repetition.intervals.map(PlainValue.integer))))
        }
        if let limit = options.rateLimit {
            fields.append("rate_limit_key", limit.key)
            fields.append("rate_limit_concurrency", String(limit.concurrency))
        }
        if !options.webhooks.isEmpty {
            fields.append("webhooks", try json(.list(options.webhooks.map(\.plain))))
        }
        if let dependency = options.dependency {
            let ids = dependency.jobs.map { PlainValue.string($0.description) }
            fields.append("dependency_id", dependency.jobs[0].bytes)
            fields.append("dependency_ids", try json(.list(ids)))
            fields.append("allow_dependency_failures", dependency.allowsFailure ? "1" : "0")
            fields.append("enqueue_at_front", dependency.enqueuesAtFront ? "1" : "0")
        }
    }

    /// What `enqueue.lua` takes for one job.
    func arguments(
        id: JobID, queue: QueueName, _ fields: FieldList, at now: Timestamp
    ) -> [Command.Argument] {
        let parents = options.dependency?.jobs ?? []
        let limit = options.rateLimit
        var arguments: [Command.Argument] = [
            .bytes(id.bytes), .bytes(queue.bytes), .text(due(from: now).map(String.init) ?? ""),
            .integer(options.isAtFront ? 1 : 0), .integer(options.isUnique ? 1 : 0),
            .text(options.ttl.map { "\($0.components.seconds)" } ?? ""),
            .text(options.group ?? ""), .text(limit?.key ?? ""), .integer(limit?.concurrency ?? 0),
            .integer(options.dependency?.allowsFailure == true ? 1 : 0), .integer(parents.count),
        ]
        arguments += parents.map { .bytes($0.bytes) }
        arguments.append(.integer(fields.count))
        arguments += fields.flat.map { .bytes($0) }
        return arguments
    }
}

extension JobID {
    /// A random UUID, as RQ names a job that was given no id.
    static func random() -> JobID {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return JobID(bytes: text)
    }
}

extension Duration {
    /// Microseconds, cut; within 290,000 years.
    var wholeMicroseconds: Int {
        let seconds = min(max(components.seconds, -9_000_000_000_000), 9_000_000_000_000)
        return Int(seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
