import Logging

/// One log line as text: pure, from values to bytes.
enum TextLine {
    /// `2026-11-23T20:21:03.123 info  rqd.worker default/0: job started RQ_JOB_ID=… pid=4213`.
    ///
    /// The fields come in the order of `leading`, then by name. A value with a space, a quote or an
    /// equals sign is quoted.
    ///
    /// - Parameters:
    ///   - time: when it was said.
    ///   - level: how bad it is.
    ///   - label: who says it, for example `rqd.worker`.
    ///   - message: what is said.
    ///   - metadata: the fields. `RQD_POOL` and `RQD_SLOT` become the `default/0` before the message.
    ///   - colours: whether to colour the time and the level.
    /// - Returns: the line with its newline.
    static func daemon(
        _ time: WallTime, _ level: Logger.Level, _ label: String, _ message: String,
        _ metadata: Logger.Metadata, colours: Bool
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        if colours { line.append(contentsOf: Colour.faint.utf8) }
        time.appendDateAndTime(to: &line)
        if colours { line.append(contentsOf: Colour.reset.utf8) }
        line.append(UInt8(ascii: " "))
        let colour = colours ? Colour.of(level) : nil
        if let colour { line.append(contentsOf: colour.utf8) }
        line.append(contentsOf: word(level).utf8)
        if colour != nil { line.append(contentsOf: Colour.reset.utf8) }
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: label.utf8)
        if let place = place(metadata) {
            line.append(UInt8(ascii: " "))
            PrintableText.append(place.utf8, to: &line)
        }
        line.append(contentsOf: ": ".utf8)
        PrintableText.append(message.utf8, to: &line)
        appendFields(metadata, to: &line) { _ in true }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// `20:21:03 default: app.add(1, 2) (5f6e…)`: the form of `rqd worker`.
    ///
    /// Fields in capitals belong to the journal and are left out; the message already says what a
    /// reader needs. Other fields follow it. A message of several lines stays one, as a Python
    /// traceback must.
    ///
    /// - Parameters:
    ///   - time: when it was said.
    ///   - level: how bad it is.
    ///   - label: who says it, for example `rqd.worker`.
    ///   - message: what is said.
    ///   - metadata: the fields.
    ///   - layout: how it is laid out.
    ///   - colours: whether to colour the message.
    /// - Returns: the line with its newline.
    static func classic(
        _ time: WallTime, _ level: Logger.Level, _ label: String, _ message: String,
        _ metadata: Logger.Metadata, layout: ClassicLayout = .standard, colours: Bool
    ) -> [UInt8] {
        var text: [UInt8] = []
        PrintableText.append(message.utf8, to: &text, keepingNewlines: true)
        appendFields(metadata, to: &text) { !isJournalName($0) }
        let line = LogLine(
            time: time, level: level, label: label, message: String(decoding: text, as: UTF8.self),
            start: layout.start, colour: colours ? Colour.of(level) : nil)
        return layout.line.bytes(of: line, date: layout.date)
    }

    /// What ends a colour.
    static let reset = Colour.reset

    /// The slot that a line is about, `default/0`; the pool alone when no slot is named.
    static func place(_ metadata: Logger.Metadata) -> String? {
        guard let pool = metadata["RQD_POOL"] else { return nil }
        guard let slot = metadata["RQD_SLOT"] else { return "\(pool)" }
        return "\(pool)/\(slot)"
    }

    /// Whether a field is named in capitals, as all fields that are made for the journal are.
    static func isJournalName(_ key: String) -> Bool {
        key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Appends ` key=value` for each field that `shown` wants, in a fixed order.
    static func appendFields(
        _ metadata: Logger.Metadata, to line: inout [UInt8], shown: (String) -> Bool
    ) {
        guard !metadata.isEmpty else { return }
        for key in leading {
            if let value = metadata[key], shown(key) { append(key, value, to: &line) }
        }
        for key in metadata.keys.sorted() where !leading.contains(key) && !placing.contains(key) {
            if let value = metadata[key], shown(key) { append(key, value, to: &line) }
        }
    }

    /// The field of a line that goes on with the one before it, as a traceback's do: as it was.
    static let continuationKey = "RQD_CONTINUES"

    private static let placing: [String] = ["RQD_POOL", "RQD_SLOT", continuationKey]
    private static let leading: [String] = [
        "RQ_WORKER", "RQ_QUEUE", "RQ_JOB_ID", "RQ_EXECUTION", "RQ_FUNC",
    ]

    private static func append(
        _ key: String, _ value: Logger.MetadataValue, to line: inout [UInt8]
    ) {
        line.append(UInt8(ascii: " "))
        PrintableText.append(key.utf8, to: &line)
        line.append(UInt8(ascii: "="))
        let text = "\(value)"
        guard text.isEmpty || text.utf8.contains(where: needsQuotes) else {
            PrintableText.append(text.utf8, to: &line)
            return
        }
        line.append(UInt8(ascii: "\""))
        for part in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if part.offset > 0 { line.append(contentsOf: "\\\"".utf8) }
            PrintableText.append(part.element.utf8, to: &line)
        }
        line.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=")
    }

    /// The level, five letters wide so that lines align; `warn` and `fatal` to fit.
    static func word(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info "
        case .notice: "note "
        case .warning: "warn "
        case .error: "error"
        case .critical: "fatal"
        }
    }

    /// The few terminal colours in use.
    enum Colour {
        static let reset = "\u{1B}[0m"
        static let faint = "\u{1B}[2m"

        static func of(_ level: Logger.Level) -> String? {
            switch level {
            case .trace, .debug, .info, .notice: nil
            case .warning: "\u{1B}[33m"
            case .error, .critical: "\u{1B}[31m"
            }
        }
    }
}
