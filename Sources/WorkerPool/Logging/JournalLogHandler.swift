import Logging

/// Sends each log line to the systemd journal with its fields.
///
/// When the journal cannot be reached the line goes to standard error as text.
struct JournalLogHandler: LogHandler {
    /// Who speaks, for example `rqd.worker`.
    let label: String

    /// The level that all loggers have now, unless this one was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? level() }
        set { ownLevel = newValue }
    }
    var metadata: Logger.Metadata = [:]

    private let level: @Sendable () -> Logger.Level
    private var ownLevel: Logger.Level?

    private let journal: JournalSocket
    private let fallback: LogStream

    /// Makes a handler for one logger.
    ///
    /// - Parameters:
    ///   - label: who speaks.
    ///   - level: the least level that is sent.
    ///   - journal: the way into the journal, shared by all handlers of the process.
    ///   - fallback: where lines go while there is no journal.
    init(
        label: String, level: @escaping @Sendable () -> Logger.Level, journal: JournalSocket,
        fallback: LogStream
    ) {
        self.label = label
        self.journal = journal
        self.fallback = fallback
        self.level = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.joined(with: event)
        let message = event.message.description
        guard journal.send(JournalEntry.bytes(event.level, label, message, fields)) else {
            fallback.write(
                TextLine.daemon(
                    .now(), event.level, label, message, fields, colours: fallback.colours))
            return
        }
        let lost = journal.takeLost()
        guard lost > 0 else { return }
        fallback.write(
            TextLine.daemon(
                .now(), .warning, label, "log entries lost", ["count": .stringConvertible(lost)],
                colours: fallback.colours))
    }
}
