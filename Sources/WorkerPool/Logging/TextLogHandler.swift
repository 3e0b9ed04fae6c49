import Logging

/// Writes each log line as text, with one `write`.
///
/// It holds no lock and starts no thread, and what it knows survives `fork`.
struct TextLogHandler: LogHandler {
    /// The shapes of a line.
    enum Format: Sendable {
        /// Time, level, label, slot, message, fields.
        case daemon
        /// A JSON object.
        case json
        /// A clock and a sentence, as `rq worker` prints.
        case classic
    }

    /// Who speaks, for example `rqd.worker`.
    let label: String
    /// The shape of the lines.
    let format: Format
    /// Where lines below the level error go.
    let ordinary: LogStream
    /// Where errors go.
    let errors: LogStream
    /// How lines of the classic format are laid out.
    let layout: ClassicLayout

    /// The level that all loggers have now, unless this one was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? level() }
        set { ownLevel = newValue }
    }
    var metadata: Logger.Metadata = [:]

    private let level: @Sendable () -> Logger.Level
    private var ownLevel: Logger.Level?

    /// Makes a handler for one logger.
    ///
    /// - Parameters:
    ///   - label: who speaks.
    ///   - level: the least level that is written.
    ///   - format: the shape of the lines.
    ///   - ordinary: where lines below the level error go.
    ///   - errors: where errors go.
    ///   - layout: how lines of the classic format are laid out.
    init(
        label: String, level: @escaping @Sendable () -> Logger.Level, format: Format,
        ordinary: LogStream,
        errors: LogStream, layout: ClassicLayout = .standard
    ) {
        self.label = label
        self.format = format
        self.ordinary = ordinary
        self.errors = errors
        self.layout = layout
        self.level = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.joined(with: event)
        let stream = event.level >= .error ? errors : ordinary
        switch format {
        case .daemon where stream.isTerminal:
            stream.write(
                TerminalLine.bytes(
                    .now(), event.level, label, event.message.description, fields,
                    colours: stream.colours))
        case .daemon:
            stream.write(
                TextLine.daemon(
                    .now(), event.level, label, event.message.description, fields,
                    colours: stream.colours))
        case .json:
            stream.write(
                JSONLine.bytes(.now(), event.level, label, event.message.description, fields))
        case .classic:
            stream.write(
                TextLine.classic(
                    .now(), event.level, label, event.message.description, fields,
                    layout: layout, colours: stream.colours))
        }
    }
}

extension Logger.Metadata {
    /// These fields with those of one event; the event's win.
    ///
    /// The event's error becomes the field `error`.
    func joined(with event: LogEvent) -> Logger.Metadata {
        var all = event.metadata.map { merging($0) { _, theirs in theirs } } ?? self
        if let error = event.error { all["error"] = .string("\(error)") }
        return all
    }
}
