import RedisKit

/// What became of a job that ran, as a value.
public struct Outcome: Sendable, Equatable {
    /// How it ended.
    public enum Kind: Sendable, Equatable {
        /// The function returned. Nil stands for None; else the value as the serializer wrote it.
        case returned(value: [UInt8]?)
        /// The function returned a `Retry`: it runs again, or fails once that was granted too often.
        case retry(RetryRequest)
        /// The function raised, timed out or its horse died: the whole text for the result.
        case failed(text: String)
        /// Somebody stopped it by command; never retried.
        case stopped(text: String)
    }

    /// How it ended.
    public let kind: Kind
    /// When the function was called.
    public let started: Timestamp
    /// When it ended.
    public let ended: Timestamp
    /// Fields of the job hash that the job's code changed; names and new values.
    public let changed: FieldList

    /// An outcome.
    public init(kind: Kind, started: Timestamp, ended: Timestamp, changed: FieldList = FieldList())
    {
        self.kind = kind
        self.started = started
        self.ended = ended
        self.changed = changed
    }

    /// True for a function that returned.
    public var isSuccess: Bool {
        if case .returned = kind { true } else { false }
    }
}

/// What a function asks for by returning a `Retry` (rq 2.0 and later).
public struct RetryRequest: Sendable, Equatable {
    /// How many times it may be granted.
    public let max: Int
    /// Pauses in seconds; the last one serves for all later times.
    public let intervals: [Int]
    /// To the front of the queue.
    public let atFront: Bool
    /// The `Retry` as the serializer wrote it.
    public let value: [UInt8]

    /// A request; numbers below 0 count as 0, those beyond 317 years as that.
    public init(max: Int, intervals: [Int], atFront: Bool, value: [UInt8]) {
        self.max = Self.clamped(max)
        self.intervals = intervals.map(Self.clamped)
        self.atFront = atFront
        self.value = value
    }

    private static func clamped(_ number: Int) -> Int {
        Swift.min(Swift.max(number, 0), JobTimeout.mostSeconds)
    }

    /// As `outcome.lua` takes it: `retry:MAX:FRONT:SECONDS,SECONDS`.
    var argument: String {
        let pauses = intervals.map(String.init).joined(separator: ",")
        return "retry:\(max):\(atFront ? 1 : 0):\(pauses)"
    }
}

/// Where a job went after its outcome was recorded.
public enum Fate: Sendable, Equatable {
    /// In the finished registry; its result lives this many seconds: 0 not at all, negative for ever.
    case finished(resultTTL: Int)
    /// In the failed registry.
    case failed
    /// In the failed registry, with status stopped.
    case stopped
    /// Back in its queue, with so many retries left.
    case retried(left: Int)
    /// In the scheduled registry, with so many retries left.
    case scheduled(left: Int, after: Duration)
    /// Back at the front of its queue; so many workers died under it so far.
    case requeued(deaths: Int)
    /// It had been canceled while it ran and stays so.
    case canceled
    /// It had been deleted while it ran.
    case deleted
    /// Its lease had been lost and another process has decided; this is the status now.
    case lost(status: String)
    /// This execution was settled before.
    case gone
}

extension WorkerIdentity {
    /// Records an outcome, once; safe to send again.
    ///
    /// A text of more than `LongText.tracebackBytes` keeps its beginning and its end.
    ///
    /// - Parameters:
    ///   - execution: the run.
    ///   - outcome: what became of it.
    ///   - claimed: when the execution was claimed.
    ///   - resultTTL: seconds, for a job that has no `result_ttl` of its own.
    ///   - workerTTL: lifetime of the worker hash while idle.
    ///   - listsFailure: false for a failed job that is only marked so.
    /// - Returns: the call, to be sent.
    public func settle(
        _ execution: ExecutionID, _ outcome: Outcome, claimed: Timestamp, resultTTL: Int,
        workerTTL: Duration, listsFailure: Bool = true
    ) -> ScriptRequest {
        let kind: Command.Argument
        var entry = ResultEntry(
            type: .failed, workerName: name, executionID: execution, startedAt: claimed,
            endedAt: outcome.ended)
        switch outcome.kind {
        case .returned(let value):
            kind = "finished"
            entry.type = .successful
            entry.returnValue = value
        case .retry(let retry):
            kind = .text(retry.argument)
            entry.type = .retried
            entry.returnValue = retry.value
        case .failed(let text):
            kind = listsFailure ? "failed" : "unlisted:failed"
            entry.exceptionText = LongText.short(text, mostBytes: LongText.tracebackBytes)
        case .stopped(let text):
            kind = listsFailure ? "stopped" : "unlisted:stopped"
            entry.exceptionText = LongText.short(text, mostBytes: LongText.tracebackBytes)
        }
        let seconds = max(outcome.ended - outcome.started, .zero)
        var rest: [Command.Argument] = [
            kind, .bytes(outcome.started.utcISO), .text(seconds.decimalSeconds),
            .integer(resultTTL), .integer(workerTTL.wholeSeconds + 60),
            .integer(outcome.changed.count),
        ]
        rest += outcome.changed.flat.map { .bytes($0) }
        rest += entry.fields.flat.map { .bytes($0) }
        return request(Scripts.outcome, execution: execution, at: outcome.ended, rest)
    }

    /// Hands a job back whose worker or stable died, or that a stop interrupted.
    ///
    /// - Parameters:
    ///   - execution: the run.
    ///   - now: the moment.
    ///   - requeue: to the front of its queue; else it fails.
    ///   - reason: kept with the job.
    ///   - failure: the whole text for the result, should it fail; nil for the reason.
    ///   - blamesJob: counts against it: with `quarantineAfter` such deaths it fails.
    ///   - quarantineAfter: 1 or more.
    ///   - holder: the process that must still hold the name, or nothing is done; nil for any.
    /// - Returns: the call, to be sent.
    public func handBack(
        _ execution: ExecutionID, at now: Timestamp, requeue: Bool, reason: String,
        failure: String? = nil, blamesJob: Bool, quarantineAfter: Int, holder: String? = nil
    ) -> ScriptRequest {
        let entry = ResultEntry(
            type: .failed, workerName: name, exceptionText: failure ?? reason,
            executionID: execution, endedAt: now)
        let rest: [Command.Argument] = [
            requeue ? "requeue" : "fail", .text(reason), .integer(blamesJob ? 1 : 0),
            .integer(quarantineAfter), .text(holder ?? ""),
        ]
        return request(
            Scripts.handback, execution: execution, at: now,
            rest + entry.fields.flat.map { .bytes($0) })
    }
}

extension Fate {
    /// Reads the reply of `outcome.lua` or `handback.lua`.
    ///
    /// - Parameter reply: as it came.
    /// - Returns: the fate, the queue and the job (both empty for `gone`).
    /// - Throws: `WireError` if the reply has another shape.
    public static func read(_ reply: ReplyView) throws(WireError) -> (Fate, QueueName, JobID) {
        let number = Int(reply.word(3))
        let fate: Fate
        switch reply.word(0) {
        case "finished": fate = .finished(resultTTL: number ?? 0)
        case "failed": fate = .failed
        case "stopped": fate = .stopped
        case "retried": fate = .retried(left: number ?? 0)
        case "scheduled":
            fate = .scheduled(left: number ?? 0, after: .seconds(Int(reply.word(4)) ?? 0))
        case "requeued": fate = .requeued(deaths: number ?? 0)
        case "canceled": fate = .canceled
        case "deleted": fate = .deleted
        case "lost": fate = .lost(status: reply.word(3))
        case "gone": fate = .gone
        default: throw reply.unexpected(from: Scripts.outcome)
        }
        guard reply.count > 2 else { return (fate, QueueName(bytes: []), JobID(bytes: [])) }
        return (
            fate, QueueName(bytes: reply[1].bytes ?? []), JobID(bytes: reply[2].bytes ?? [])
        )
    }
}

extension Duration {
    /// Seconds with six decimals.
    var decimalSeconds: String {
        let micros = components.attoseconds / 1_000_000_000_000
        let digits = String(micros)
        return "\(components.seconds)." + String(repeating: "0", count: 6 - digits.utf8.count)
            + digits
    }
}
