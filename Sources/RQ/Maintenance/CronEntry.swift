import RedisKit

/// A job that is queued again and again, of its own accord.
///
/// A fleet of rqds with the same entries queues each of them once: one leads, and the step that
/// queues compares with what was queued last. What was queued is visible where `rq cron` shows it.
public struct CronEntry: Hashable, Sendable {
    /// When.
    public enum Schedule: Hashable, Sendable {
        /// So long after the last time; the first time at once. Whole seconds.
        case every(Duration)
        /// At moments of the calendar.
        case times(CronTimes)
    }

    /// What it is called.
    public let name: String
    /// What is called.
    public let call: Call
    /// Where it is queued.
    public let queue: QueueName
    /// When.
    public let schedule: Schedule
    /// How the arguments are written.
    public let serializer: Serializer

    /// How far back a moment may lie for it still to be made up for: a leader may have died.
    public static let lateness = Duration.seconds(120)

    /// An entry.
    public init(
        name: String, call: Call, queue: QueueName, schedule: Schedule,
        serializer: Serializer = .pickle
    ) {
        self.name = name
        self.call = call
        self.queue = queue
        self.schedule = schedule
        self.serializer = serializer
    }

    /// When it is to be queued next.
    ///
    /// - Parameters:
    ///   - last: when it was queued last; nil for never.
    ///   - now: the moment.
    /// - Returns: a moment that may be past; nil for never.
    public func due(last: Timestamp?, at now: Timestamp) -> Timestamp? {
        switch schedule {
        case .every(let span):
            guard let last else { return now }
            return Timestamp(microseconds: last.microseconds + span.wholeMicroseconds)
        case .times(let times):
            guard let last else { return times.next(after: now) }
            let early = Timestamp(
                microseconds: now.microseconds - Self.lateness.wholeMicroseconds)
            return times.next(after: max(last, early))
        }
    }

    /// As `rq cron` shows it.
    ///
    /// Source: RQ 3.0.0, `rq/cron.py`, `CronJob.to_dict`.
    func shown(last: Timestamp?, next: Timestamp?) -> PlainValue {
        func text(_ moment: Timestamp?) -> PlainValue {
            moment.map { .string(String(decoding: $0.utcISO, as: UTF8.self)) } ?? .none
        }
        func json(_ value: PlainValue) -> PlainValue {
            let bytes = try? Serializer.json.bytes(of: value)
            return bytes.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .none
        }
        var interval = PlainValue.none
        var cron = PlainValue.none
        switch schedule {
        case .every(let span): interval = .integer(Int(span.components.seconds))
        case .times(let times): cron = .string(times.text)
        }
        return [
            "func_name": .string(call.functionName), "name": .string(name),
            "queue_name": .string(queue.description),
            "args": call.arguments.isEmpty ? .none : json(.list(call.arguments)),
            "kwargs": call.keywords.isEmpty ? .none : json(PlainValue(call.keywords)),
            "interval": interval, "cron": cron, "latest_enqueue_time": text(last),
            "next_enqueue_time": text(next), "result_ttl": 500,
        ]
    }
}

/// What came of an attempt to queue an entry.
public enum CronReply: Sendable, Equatable {
    /// It is in its queue.
    case queued(JobID)
    /// It had been queued for this moment, or later.
    case done(last: Timestamp)
    /// Another scheduler leads.
    case notLeading

    /// Reads the reply of `cron.lua`.
    ///
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> CronReply {
        switch reply.word(0) {
        case "queued" where reply.answerCount == 2:
            return .queued(JobID(bytes: reply[1].bytes ?? []))
        case "done" where reply.answerCount == 2:
            return .done(
                last: try Timestamp(epochText: reply[1].bytes ?? [], field: "cron_jobs"))
        case "follow": return .notLeading
        default: throw reply.unexpected(from: MaintenanceScripts.cron)
        }
    }
}

extension SchedulerIdentity {
    /// Queues an entry for a moment, once in the whole fleet.
    ///
    /// - Parameters:
    ///   - entry: what.
    ///   - due: the moment that it is for.
    ///   - now: the moment that it is.
    /// - Returns: the call, to be sent; read with `CronReply.read`.
    /// - Throws: `unusable` for arguments that the serializer cannot write.
    public func queue(
        _ entry: CronEntry, for due: Timestamp, at now: Timestamp
    ) throws(ClientError) -> ScriptRequest {
        var options = JobOptions()
        options.resultTTL = .standard
        let fields = try JobRequest(entry.call, options: options).fields(
            queue: entry.queue, serializer: entry.serializer, at: now)
        return request(
            MaintenanceScripts.cron, at: now,
            [
                .text(entry.name), .bytes(due.epochText), .bytes(JobID.random().bytes),
                .bytes(entry.queue.bytes),
            ] + fields.flat.map { .bytes($0) })
    }

    /// Shows the leader and its entries where `rq cron` shows its own.
    ///
    /// - Parameters:
    ///   - card: who leads.
    ///   - entries: each with the last and the next time.
    ///   - now: the sign of life.
    /// - Returns: the call, to be sent.
    public func showCron(
        _ card: SchedulerCard, _ entries: [(CronEntry, last: Timestamp?, next: Timestamp?)],
        at now: Timestamp
    ) -> ScriptRequest {
        let list = PlainValue.list(entries.map { $0.0.shown(last: $0.last, next: $0.next) })
        let json = (try? Serializer.json.bytes(of: list)) ?? Array("[]".utf8)
        var fields = FieldList()
        fields.append("hostname", card.hostname)
        fields.append("pid", String(card.pid))
        fields.append("name", cronName(card))
        fields.append("created_at", card.createdAt.utcISO)
        fields.append("config_file", "rqd.conf")
        fields.append("cron_jobs", json)
        return request(
            MaintenanceScripts.cronBeat, at: now,
            [.text(cronName(card))] + fields.flat.map { .bytes($0) })
    }

    /// Removes what `showCron` has written.
    public func hideCron(_ card: SchedulerCard, at now: Timestamp) -> ScriptRequest {
        request(MaintenanceScripts.cronBeat, at: now, [.text(cronName(card))])
    }

    /// As RQ names a cron scheduler: host, pid and six hexadecimal digits.
    private func cronName(_ card: SchedulerCard) -> String {
        "\(card.hostname):\(card.pid):\(name.prefix(6))"
    }
}
