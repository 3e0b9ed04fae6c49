/// What somebody wants of the daemon: a request that was understood.
enum ControlCommand: Equatable, Sendable {
    /// Tell how things stand.
    case status
    /// Tell the numbers.
    case metrics
    /// Give a pool this many workers.
    case scale(pool: String, workers: Int)
    /// Let a pool take no jobs.
    case pause(pool: String)
    /// Let a pool take jobs again.
    case resume(pool: String)
    /// End a running job as `stopped`.
    case stopJob(id: String)
    /// Kill a running job's process.
    case killJob(id: String)
    /// Tell where a running job is.
    case stack(job: String)
    /// Log from this level on.
    case logLevel(LogConfiguration.Level)
    /// Read the configuration again.
    case reload
    /// Become the program that lies where this one was started from, and replace all workers.
    case upgrade
    /// Replace a pool's workers and their interpreter; those of all pools where none is named.
    case restart(pool: String?)

    /// The names, for the refusal of others.
    static let names = [
        "status", "scale", "pause", "resume", "stop-job", "kill-job", "log-level", "reload",
        "restart", "upgrade", "metrics", "stack",
    ]

    /// Understands a request.
    ///
    /// - Throws: what is wrong with it, one line.
    init(_ request: ControlMessage.Request) throws(ControlMessage.Refusal) {
        switch request.command {
        case "status": self = .status
        case "metrics": self = .metrics
        case "scale":
            self = .scale(
                pool: try Self.given(request.pool, "pool", in: request),
                workers: try Self.given(request.workers, "workers", in: request))
        case "reload": self = .reload
        case "upgrade": self = .upgrade
        case "restart": self = .restart(pool: request.pool)
        case "pause": self = .pause(pool: try Self.given(request.pool, "pool", in: request))
        case "resume": self = .resume(pool: try Self.given(request.pool, "pool", in: request))
        case "stop-job": self = .stopJob(id: try Self.given(request.job, "job", in: request))
        case "kill-job": self = .killJob(id: try Self.given(request.job, "job", in: request))
        case "stack": self = .stack(job: try Self.given(request.job, "job", in: request))
        case "log-level":
            let name = try Self.given(request.level, "level", in: request)
            guard let level = LogConfiguration.Level(rawValue: name) else {
                let known = LogConfiguration.Level.allCases.map(\.rawValue)
                throw .usage(
                    "level must be one of \(known.joined(separator: ", ")), not \(shown(name))")
            }
            self = .logLevel(level)
        case let other:
            let known = Self.names.joined(separator: ", ")
            throw .usage("unknown command \(shown(other)); known are \(known)")
        }
    }

    private static func given<Value>(
        _ value: Value?, _ field: String, in request: ControlMessage.Request
    ) throws(ControlMessage.Refusal) -> Value {
        guard let value else { throw .usage("\(request.command) needs the field \"\(field)\"") }
        return value
    }
}

/// A word of the client's, as it may stand in a line of ours.
private func shown(_ word: String) -> String { "\"\(PrintableText.of(String(word.prefix(64))))\"" }
