import RQ
import RedisKit

/// What a horse tells about the job it ran.
///
/// On its socket: a RESP array; first `returned`, `raised` or `retry`, then names and values.
/// Source: `run` in horse.py.
struct JobReport: Equatable {
    /// The execution that it is about.
    let execution: [UInt8]
    /// For Redis.
    let outcome: Outcome
    /// The last line of the traceback, for the log; nil for a success.
    let failureLine: String?
    /// The whole traceback; nil for a success.
    let traceback: String?
    /// What went wrong on the side: a return value that could not be serialised.
    let warnings: [String]
    /// The most memory the horse has used.
    let peakMemoryBytes: UInt64
    /// Whether the horse takes no other job: this one was broken off in its middle.
    let isLast: Bool
    /// Whether the horse waits until this is recorded, and asks the exception handlers then.
    let awaitsRecord: Bool

    /// The longest serialised value that Redis takes, once it is base64: 512 MiB with its fields.
    static let largestValueBytes = 380_000_000

    /// The longest string that Redis takes, and so the longest serialised value by default.
    static let mostBytesOfRedis = 512 << 20

    /// The report of a job whose result is longer than it may be, and was not read to its end.
    ///
    /// - Parameters:
    ///   - most: the pool's `max_result_size`, in bytes.
    ///   - execution: whose.
    ///   - started: when the job began.
    ///   - ended: when it was broken off.
    init(tooLong most: Int, of execution: [UInt8], started: Timestamp, ended: Timestamp) {
        let line = "the result has more than \(most) bytes, which is max_result_size"
        self.execution = execution
        outcome = Outcome(
            kind: .failed(text: line), started: started, ended: ended, changed: FieldList())
        (failureLine, traceback, warnings) = (line, line, [])
        peakMemoryBytes = 0
        isLast = true
        awaitsRecord = false
    }

    /// Reads a frame.
    ///
    /// - Parameters:
    ///   - frame: an array.
    ///   - mostBytes: the pool's `max_result_size`.
    /// - Throws: `WireError` if it is no frame of ours.
    init(_ frame: ReplyView, mostBytes: Int = mostBytesOfRedis) throws(WireError) {
        guard frame.kind == .array, frame.count % 2 == 1, let told = frame[0].text else {
            throw WireError(field: "horse's frame", expected: "an array of pairs", found: nil)
        }
        var pairs = Pairs(frame)
        pairs.read()
        if let count = pairs.excess ?? pairs.value?.count {
            if count > mostBytes {
                pairs.refuse("\(count) bytes, max_result_size is \(mostBytes)")
            } else if count > Self.largestValueBytes {
                pairs.refuse("\(count) bytes, Redis takes at most \(Self.largestValueBytes)")
            }
        }
        if pairs.isForged {
            throw WireError(field: "horse's frame", expected: "possible figures", found: nil)
        }
        guard let started = pairs.started, let ended = pairs.ended else {
            throw WireError(field: "horse's frame", expected: "started and ended", found: nil)
        }
        let outcome: Outcome.Kind
        let kind = pairs.isRefused ? "raised" : told
        switch kind {
        case "returned": outcome = .returned(value: pairs.value)
        case "retry":
            outcome = .retry(
                RetryRequest(
                    max: pairs.mostTries, intervals: pairs.intervals, atFront: pairs.isFront,
                    value: pairs.value ?? []))
        case "raised": outcome = .failed(text: pairs.traceback)
        default:
            throw WireError(
                field: "horse's frame", expected: "returned, raised or retry",
                found: Array(kind.utf8))
        }
        execution = pairs.execution
        self.outcome = Outcome(
            kind: outcome, started: started, ended: ended, changed: pairs.changed)
        failureLine = kind == "raised" ? pairs.line : nil
        traceback = kind == "raised" ? pairs.traceback : nil
        warnings = pairs.warnings
        peakMemoryBytes = pairs.peakMemoryBytes
        isLast = pairs.isLast
        awaitsRecord = pairs.awaitsRecord
    }

    /// The names and values of a frame, gathered.
    private struct Pairs {
        let frame: ReplyView
        var started: Timestamp?
        var ended: Timestamp?
        var value: [UInt8]?
        var line = ""
        var traceback = ""
        var warnings: [String] = []
        var changed = FieldList()
        var peakMemoryBytes: UInt64 = 0
        var mostTries = 0
        var intervals: [Int] = []
        var isFront = false
        var execution: [UInt8] = []
        var isLast = false
        var awaitsRecord = false
        var isRefused = false
        /// How long the value was that was not sent because of that.
        var excess: Int?
        /// Whether a number is none that a job can have.
        var isForged = false

        init(_ frame: ReplyView) { self.frame = frame }

        /// Sent to Redis, the value would only make it close the connection, again and again.
        mutating func refuse(_ why: String) {
            isRefused = true
            value = nil
            line = "the return value has \(why)"
            traceback = line
        }

        mutating func read() {
            var index = 1
            while index + 1 < frame.count {
                let name = frame[index].text ?? ""
                let entry = frame[index + 1]
                index += 2
                if name.hasPrefix("field:") {
                    changed.append(String(name.dropFirst(6)), entry.bytes ?? [])
                } else {
                    take(name, entry)
                }
            }
        }

        /// RQ's Retry takes any number: more than this counts as this.
        private static let mostRetries = 1 << 31
        /// In seconds; some three hundred years.
        private static let longestInterval = 10_000_000_000

        private mutating func number(_ text: some StringProtocol, upTo most: Int) -> Int {
            guard let number = Int(text) else { return 0 }
            guard (0...most).contains(number) else {
                isForged = true
                return 0
            }
            return number
        }

        /// What an application may ask for, however much that is; nothing below 0.
        private mutating func wish(_ text: some StringProtocol, upTo most: Int) -> Int {
            let isLong = text.allSatisfy(\.isNumber) && !text.isEmpty
            let number = Int(text) ?? (isLong ? most : 0)
            if number < 0 { isForged = true }
            return min(max(number, 0), most)
        }

        private mutating func take(_ name: String, _ entry: ReplyView) {
            switch name {
            case "value": value = entry.bytes
            case "execution": execution = entry.bytes ?? []
            case "last": isLast = true
            case "handlers": awaitsRecord = true
            case "started": started = entry.moment
            case "ended": ended = entry.moment
            case "exc": traceback = entry.lossyText
            case "line": line = entry.lossyText
            case "warning": warnings.append(entry.lossyText)
            case "excess": excess = number(entry.lossyText, upTo: 1 << 50)
            case "rss": peakMemoryBytes = UInt64(number(entry.lossyText, upTo: 1 << 40)) * 1024
            case "max": mostTries = wish(entry.lossyText, upTo: Self.mostRetries)
            case "intervals":
                intervals = entry.lossyText.split(separator: ",").filter { Int($0) != nil }
                    .map { wish($0, upTo: Self.longestInterval) }
            case "front": isFront = entry.lossyText == "1"
            default: break  // a newer script may say more
            }
        }
    }
}

extension ReplyView {
    /// The text; what is not UTF-8 becomes U+FFFD.
    var lossyText: String {
        withBytes { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Seconds since 1970 with a fraction.
    fileprivate var moment: Timestamp? {
        // A job can write to its horse's socket itself: any number may come.
        bytes.flatMap { try? Timestamp(epochText: $0, field: "moment") }
    }
}
