/// How a line of `rq worker` is laid out.
struct ClassicLayout: Sendable {
    /// The line.
    let line: LogPattern
    /// The moment in it.
    let date: DatePattern
    /// When the program started to log, in seconds since 1970; only `relativeCreated` shows it.
    let start: Double

    /// RQ's own: a clock and the message.
    static let standard = ClassicLayout(line: .standard, date: .clock, start: 0)

    init(line: LogPattern, date: DatePattern, start: Double) {
        self.line = line
        self.date = date
        self.start = start
    }

    /// What the configuration says, whose grammar has been checked.
    init(_ log: LogConfiguration) {
        let line: LogPattern
        do {
            line = try LogPattern(log.lineFormat)
        } catch {
            preconditionFailure("log.line_format was checked: \(error)")
        }
        self.init(
            line: line, date: DatePattern(log.dateFormat), start: WallTime.now().epochSeconds)
    }
}
