import Logging

@testable import WorkerPool

/// A handler that keeps what it is given, for one test on one thread.
struct Recording: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let lines: Lines

    /// `@unchecked Sendable`: each test has its own and uses it on its own thread.
    final class Lines: @unchecked Sendable {
        var all: [(level: Logger.Level, message: String, metadata: Logger.Metadata)] = []
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.all.append(
            (event.level, event.message.description, metadata.joined(with: event)))
    }

    /// A worker's log in one form, and what it says.
    static func workerLog(
        _ form: LogForm, level: Logger.Level = .info
    ) -> (log: WorkerLog, lines: Lines) {
        let lines = Lines()
        let logger = Logger(label: "rqd.worker") { _ in Recording(logLevel: level, lines: lines) }
        let log = WorkerLog(
            pool: "default", slot: 0, worker: "host.default.0", style: form, logger: logger)
        return (log, lines)
    }
}
