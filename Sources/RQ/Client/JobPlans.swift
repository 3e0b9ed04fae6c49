/// The jobs that a job waits for.
public struct Dependency: Hashable, Sendable {
    /// Those jobs.
    public var jobs: [JobID]
    /// It may run though one of them has failed.
    public var allowsFailure: Bool
    /// To the front of its queue when they have ended.
    public var enqueuesAtFront: Bool

    /// A dependency.
    public init(_ jobs: [JobID], allowsFailure: Bool = false, enqueuesAtFront: Bool = false) {
        self.jobs = jobs
        self.allowsFailure = allowsFailure
        self.enqueuesAtFront = enqueuesAtFront
    }
}

/// How often a job runs again after it raised.
public struct Retry: Hashable, Sendable {
    /// How many more times, 1 or more.
    public var max: Int
    /// The pauses before each, in whole seconds.
    public var intervals: [Int]
    /// To the front of its queue; RQ 2.12 and later.
    public var enqueuesAtFront: Bool

    /// A plan; without intervals, at once.
    public init(max: Int, intervals: [Int] = [0], enqueuesAtFront: Bool = false) {
        self.max = max
        self.intervals = intervals
        self.enqueuesAtFront = enqueuesAtFront
    }
}

/// How often a job runs again after it succeeded.
public struct Repetition: Hashable, Sendable {
    /// How many more times, 1 or more.
    public var times: Int
    /// The pauses before each, in whole seconds; the last one serves for all later times.
    public var intervals: [Int]

    /// A plan; without intervals, at once.
    public init(times: Int, intervals: [Int] = [0]) {
        self.times = times
        self.intervals = intervals
    }
}

/// How many jobs with one key may be queued or running at once.
public struct RateLimit: Hashable, Sendable {
    /// What they have in common.
    public var key: String
    /// How many, 1 or more.
    public var concurrency: Int

    /// A limit.
    public init(key: String, concurrency: Int) {
        self.key = key
        self.concurrency = concurrency
    }
}

/// A request that the worker sends when a job has ended.
///
/// On the wire: an object in the JSON array `webhooks` of the job's hash.
///
/// Source: RQ 3.0.0, `rq/webhook.py`, `Webhook.to_dict`.
public struct Webhook: Hashable, Sendable {
    /// Which end of the job it is for.
    public enum Event: String, Hashable, Sendable {
        case finished, failed
    }

    /// How it is sent.
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// Where to.
    public var url: String
    /// Which end of the job it is for.
    public var event: Event
    /// `POST` brings a JSON body, `GET` none.
    public var method: Method
    /// Added to the request, or in place of its own headers.
    public var headers: [String: String]
    /// How long it may take, in whole seconds.
    public var timeoutSeconds: Int

    /// A request.
    public init(
        url: String, event: Event, method: Method = .get, headers: [String: String] = [:],
        timeoutSeconds: Int = 10
    ) {
        self.url = url
        self.event = event
        self.method = method
        self.headers = headers
        self.timeoutSeconds = timeoutSeconds
    }

    /// As RQ writes it.
    var plain: PlainValue {
        let headers = PlainValue(headers.mapValues(PlainValue.string))
        return [
            "url": .string(url), "job_status": .string(event.rawValue),
            "method": .string(method.rawValue), "headers": self.headers.isEmpty ? nil : headers,
            "timeout": .integer(timeoutSeconds),
        ]
    }
}
