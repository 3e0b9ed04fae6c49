import Logging

/// One log line for a person at a terminal: pure, from values to bytes.
enum TerminalLine {
    /// `20:21:03 info  default/0: job started RQ_JOB_ID=… pid=4213`.
    ///
    /// The clock is short, who speaks is aligned at its end, the level has its colour and fields are
    /// faint. A line that goes on with the one before it, as a traceback's do, is the text alone.
    ///
    /// - Parameters:
    ///   - time: when it was said.
    ///   - level: how bad it is.
    ///   - label: who says it, for example `rqd.worker`; shown where no slot is named.
    ///   - message: what is said.
    ///   - metadata: the fields.
    ///   - colours: whether the terminal shows colours and is wanted to.
    /// - Returns: the line with its newline.
    static func bytes(
        _ time: WallTime, _ level: Logger.Level, _ label: String, _ message: String,
        _ metadata: Logger.Metadata, colours: Bool
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        if let text = metadata[TextLine.continuationKey] {
            line.append(contentsOf: margin)
            PrintableText.append("\(text)".utf8, to: &line)
            line.append(UInt8(ascii: "\n"))
            return line
        }
        paint(colours ? TextLine.Colour.faint : nil, &line) { time.appendClock(to: &$0) }
        line.append(UInt8(ascii: " "))
        let colour = TextLine.Colour.of(level)
        paint(colours ? colour : nil, &line) { $0.append(contentsOf: TextLine.word(level).utf8) }
        let speaker = TextLine.place(metadata) ?? label.split(separator: ".").last.map(String.init)
        let name = speaker ?? label
        let padding = max(0, width - name.utf8.count) + 1
        line.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
        PrintableText.append(name.utf8, to: &line)
        line.append(contentsOf: ": ".utf8)
        PrintableText.append(message.utf8, to: &line)
        paint(colours && !metadata.isEmpty ? TextLine.Colour.faint : nil, &line) {
            TextLine.appendFields(metadata, to: &$0) { _ in true }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// `scheduler` and `default/0` have this width.
    private static let width = 9
    /// Where a line's text begins that goes on with the one before it.
    private static let margin = [UInt8](repeating: UInt8(ascii: " "), count: 4)

    private static func paint(
        _ colour: String?, _ line: inout [UInt8], _ append: (inout [UInt8]) -> Void
    ) {
        if let colour { line.append(contentsOf: colour.utf8) }
        append(&line)
        if colour != nil { line.append(contentsOf: TextLine.reset.utf8) }
    }
}
