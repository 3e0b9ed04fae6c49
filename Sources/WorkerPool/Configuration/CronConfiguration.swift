import RQ

/// A job that the service queues again and again.
public struct CronConfiguration: Sendable, Equatable {
    /// Its name: `[a-z0-9][a-z0-9_-]*`, at most 64 characters.
    public var name: String
    /// The function's dotted name; never empty.
    public var function: String
    /// Its arguments by place.
    public var arguments: [PlainValue]
    /// Its arguments by name.
    public var keywords: [String: PlainValue]
    /// The queue.
    public var queue: String
    /// When, in the words of the file: a duration or five fields of crontab(5).
    public var schedule: String

    /// Makes an entry.
    public init(
        name: String, function: String = "", arguments: [PlainValue] = [],
        keywords: [String: PlainValue] = [:], queue: String = "default", schedule: String = ""
    ) {
        self.name = name
        self.function = function
        self.arguments = arguments
        self.keywords = keywords
        self.queue = queue
        self.schedule = schedule
    }

    /// Reads a schedule: a duration of whole seconds, or moments of the calendar.
    static func schedule(_ text: String) -> CronEntry.Schedule? {
        if let times = CronTimes(text) { return .times(times) }
        guard let span = DurationText.duration(text), span >= .seconds(1),
            span.components.attoseconds == 0
        else { return nil }
        return .every(span)
    }

    /// What it means, with the serializer of the pool that serves the queue.
    ///
    /// - Parameter pools: all there are.
    /// - Returns: nil if the schedule is none.
    func entry(for pools: [PoolConfiguration]) -> CronEntry? {
        guard let schedule = Self.schedule(schedule) else { return nil }
        let pool = pools.first { $0.queues.contains(queue) } ?? pools.first
        return CronEntry(
            name: name, call: Call(function, arguments, keywords: keywords),
            queue: QueueName(queue), schedule: schedule,
            serializer: pool?.python.serializer == "json" ? .json : .pickle)
    }
}

/// What must hold of entries that are queued again and again.
struct CronRules {
    let origins: [String: Origin]
    /// Where each entry was named first.
    let firstNamed: [String: Origin]

    /// Everything that is missing, and not complained about already.
    func complaints(
        about entries: [CronConfiguration], after others: [ConfigurationError.Complaint]
    ) -> [ConfigurationError.Complaint] {
        entries.flatMap { entry in
            ["function", "schedule"].compactMap { key in
                let name = "cron.\(entry.name).\(key)"
                let isRefused = others.contains { $0.message.hasPrefix("\(name) ") }
                guard origins[name] == nil, !isRefused else { return nil }
                return ConfigurationError.Complaint(
                    origin: firstNamed[entry.name] ?? .builtIn,
                    message: "cron.\(entry.name) needs a \(key)")
            }
        }
    }
}
