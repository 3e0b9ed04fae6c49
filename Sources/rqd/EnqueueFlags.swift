import ArgumentParser
import Glibc
import RQ

/// The flags of `rqd enqueue`: those of `rq enqueue`.
///
/// Source: RQ 3.0.0, `rq/cli/cli.py`, `enqueue`.
struct EnqueueFlags: ParsableArguments {
    @Option(name: .shortAndLong, help: "The queue.")
    var queue: String = "default"

    @Option(
        parsing: .unconditional, help: "How long it may run: seconds, 10s, 5m, 1h, 2d; -1 for ever."
    )
    var timeout: String?

    @Option(parsing: .unconditional, help: "How long it stays after success; -1 for ever.")
    var resultTtl: String?

    @Option(help: "How long it may wait to be started.")
    var ttl: String?

    @Option(parsing: .unconditional, help: "How long it stays after failure; -1 for ever.")
    var failureTtl: String?

    @Option(help: "The job in words. (default: the call)")
    var description: String?

    @Option(help: ArgumentHelp("A job it waits for; may be repeated.", valueName: "id"))
    var dependsOn: [String] = []

    @Option(help: ArgumentHelp("Its id. (default: a random one)", valueName: "id"))
    var jobId: String?

    @Flag(help: "To the front of the queue.")
    var atFront = false

    @Option(help: ArgumentHelp("How often it is tried again after a failure.", valueName: "count"))
    var retryMax: Int = 0

    @Option(
        help: ArgumentHelp("The pause before a retry; may be repeated.", valueName: "seconds"))
    var retryInterval: [Int] = []

    @Option(help: "Enqueue it after a while: seconds, 10s, 5m, 1h, 2d.")
    var scheduleIn: String?

    @Option(help: "Enqueue it at a local time such as 2027-05-27T21:45:00.")
    var scheduleAt: String?

    @Flag(help: "Say nothing.")
    var quiet = false

    /// The job that these flags ask for.
    ///
    /// - Parameter call: what it calls.
    /// - Returns: the job, not yet made.
    /// - Throws: `ValidationError` for a value that cannot be read.
    func request(_ call: Call) throws -> JobRequest {
        var options = JobOptions(
            id: jobId.map { JobID($0) }, description: description ?? call.description,
            isAtFront: atFront)
        if let timeout {
            let seconds = try Self.seconds(timeout, "--timeout")
            guard seconds != 0 else { throw ValidationError("--timeout takes -1 for no limit") }
            options.timeout = seconds < 0 ? .never : .after(.seconds(seconds))
        }
        if let resultTtl {
            options.resultTTL = ResultTTL(seconds: try Self.seconds(resultTtl, "--result-ttl"))
        }
        if let failureTtl {
            options.failureTTL = FailureTTL(seconds: try Self.seconds(failureTtl, "--failure-ttl"))
        }
        if let ttl { options.ttl = .seconds(try Self.seconds(ttl, "--ttl")) }
        if !dependsOn.isEmpty { options.dependency = Dependency(dependsOn.map { JobID($0) }) }
        if retryMax > 0 {
            options.retry = Retry(
                max: retryMax, intervals: retryInterval.isEmpty ? [0] : retryInterval)
        }
        return JobRequest(call, try moment(), options: options)
    }

    private func moment() throws -> JobRequest.Moment {
        guard scheduleIn == nil || scheduleAt == nil else {
            throw ValidationError("--schedule-in and --schedule-at exclude each other")
        }
        if let scheduleIn { return .after(.seconds(try Self.seconds(scheduleIn, "--schedule-in"))) }
        if let scheduleAt { return .at(try Self.localTime(scheduleAt)) }
        return .now
    }

    /// Whole seconds, or a number with one of `d h m s` behind it.
    private static func seconds(_ text: String, _ flag: String) throws -> Int {
        let units: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        let product = Int(unit == nil ? text[...] : text.dropLast())?
            .multipliedReportingOverflow(by: unit ?? 1)
        guard let product, !product.overflow, product.partialValue.magnitude < 1 << 40 else {
            throw ValidationError("\(flag) takes seconds, or such as 10s, 5m, 1h, 2d")
        }
        return product.partialValue
    }

    private static func localTime(_ text: String) throws -> Timestamp {
        // Read as UTC first: the same hands of the clock are wanted, where this machine is.
        guard text.utf8.count == 19,
            let asUTC = try? Timestamp(utcISO: Array("\(text)Z".utf8), field: "--schedule-at")
        else { throw ValidationError("--schedule-at takes a time such as 2027-05-27T21:45:00") }
        var seconds = time_t(asUTC.epochSeconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        parts.tm_isdst = -1
        return Timestamp(epochSeconds: mktime(&parts))
    }
}
