import RQ

/// How an outcome, or a hand-back, fares on its way to Redis.
///
/// Pure. What Redis refuses for good is sent again at once in a form that is small: the job fails
/// with the reason. What it refuses for the moment is kept and sent again after a pause.
struct OutcomeDelivery: Equatable {
    /// The outcome as it was, while its reduced form is tried.
    private(set) var original: Outcome?
    /// How often in a row the connection broke while it was on its way.
    private(set) var breaks = 0
    /// How often it was refused.
    private(set) var refusals = 0
    /// True while it waits for its next try.
    var isPausing = false

    /// An outcome of fewer bytes is within every server's limits, of which the lowest that can be
    /// set is 1 MiB: then a broken connection has another reason.
    static let largeBytes = 64 << 10

    /// So many refusals for a missing right, and a reduced form is tried: about a minute.
    private static let patience = 15

    /// Whether it has met trouble: then nothing else travels along with it.
    var isTroubled: Bool { breaks > 0 || refusals > 0 }

    /// The connection broke while an outcome was on its way.
    ///
    /// A server closes the connection on which it is sent more than it takes, with a reason that
    /// seldom arrives or with none.
    ///
    /// - Parameters:
    ///   - outcome: as it was sent.
    ///   - job: whose outcome it is.
    /// - Returns: what to send instead.
    mutating func broke(_ outcome: Outcome, of job: ClaimedJob) -> Outcome {
        breaks += 1
        guard breaks >= 2, original == nil, outcome.sizeBytes >= Self.largeBytes else {
            return outcome
        }
        original = outcome
        return outcome.reduced(
            because: """
                Redis closed the connection each time that it was sent; it may be larger than \
                proto-max-bulk-len or client-query-buffer-limit of the server allow
                """, for: job)
    }

    /// An outcome was refused.
    ///
    /// - Parameters:
    ///   - outcome: as it was sent.
    ///   - job: whose outcome it is.
    ///   - refusal: what that means.
    ///   - reason: the server's words.
    /// - Returns: what to send instead, at once; nil to send it again after a pause.
    mutating func refused(
        _ outcome: Outcome, of job: ClaimedJob, _ refusal: RefusalKind, _ reason: String
    ) -> Outcome? {
        refusals += 1
        guard original == nil else { return nil }
        switch refusal {
        case .elsewhere, .passing: return nil
        case .missingRight where refusals % Self.patience != 0: return nil
        case .missingRight, .final:
            original = outcome
            return outcome.reduced(because: "Redis refused it: \(reason)", for: job)
        }
    }

    /// Gives back the outcome as it was, to be tried again; nil if it was not reduced.
    ///
    /// What broke the connection is not tried again.
    mutating func restore() -> Outcome? {
        guard breaks < 2 else { return nil }
        defer { original = nil }
        return original
    }
}

extension Outcome {
    /// About how many bytes it has, before it is encoded for the wire.
    var sizeBytes: Int {
        let value: Int
        switch kind {
        case .returned(let bytes): value = bytes?.count ?? 0
        case .retry(let request): value = request.value.count
        case .failed(let text), .stopped(let text): value = text.utf8.count
        }
        return value + changed.flat.reduce(0) { $0 + $1.count }
    }

    /// The failure that is recorded instead of an outcome that Redis does not take.
    ///
    /// It holds some kilobytes of printable text and none of the fields that the job's code
    /// changed. A function that returned is not run again.
    ///
    /// - Parameters:
    ///   - reason: why Redis does not take it.
    ///   - job: whose outcome it is.
    /// - Returns: a failure, or for what was stopped a stop.
    func reduced(because reason: String, for job: ClaimedJob) -> Outcome {
        let why = LongText.short(PrintableText.of(reason), mostBytes: 1024)
        let size = "\(sizeBytes) bytes"
        var changes = FieldList()
        let end: Kind
        switch kind {
        case .returned, .retry:
            if job.fields["retries_left"] != nil { changes.append("retries_left", "0") }
            end = .failed(
                text: "The function returned, but its outcome (\(size)) is not in Redis: \(why)")
        case .failed(let text):
            let rest = LongText.short(text, mostBytes: 8 << 10)
            end = .failed(text: "\(rest)\nThe outcome (\(size)) was reduced to this: \(why)")
        case .stopped(let text):
            let rest = LongText.short(text, mostBytes: 8 << 10)
            end = .stopped(text: "\(rest)\nThe outcome (\(size)) was reduced to this: \(why)")
        }
        return Outcome(kind: end, started: started, ended: ended, changed: changes)
    }
}
