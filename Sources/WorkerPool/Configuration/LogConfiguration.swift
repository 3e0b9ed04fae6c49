/// What is logged and how.
public struct LogConfiguration: Sendable, Equatable {
    /// How much is said, from most to least.
    public enum Level: String, Sendable, CaseIterable {
        /// Everything, for finding out why.
        case debug
        /// Each process and each job that changes state.
        case info
        /// What is out of the ordinary, but right.
        case notice
        /// What went wrong and was put right.
        case warning
        /// What a person must act on.
        case error
    }

    /// Where the lines go and what they look like.
    public enum Format: String, Sendable, CaseIterable {
        /// The journal when it owns standard error, else text.
        case auto
        /// One line of text on standard error.
        case text
        /// The lines of `rq worker`, on standard output; errors on standard error.
        case classic
        /// Entries with fields, sent to the journal.
        case journal
        /// One JSON object a line, on standard error.
        case json
    }

    /// The least important level that is still written.
    public var level: Level
    /// Where the lines go.
    public var format: Format

    /// How a `classic` line is laid out, in the words of Python's `logging`.
    ///
    /// Source: RQ 3.0.0, `rq/defaults.py`, `DEFAULT_LOGGING_FORMAT`.
    public var lineFormat: String
    /// How a `classic` line writes its moment, in the words of strftime(3); empty for ISO 8601.
    ///
    /// Source: RQ 3.0.0, `rq/defaults.py`, `DEFAULT_LOGGING_DATE_FORMAT`.
    public var dateFormat: String

    /// Makes a log configuration; without arguments, `info` and the format that fits.
    public init(
        level: Level = .info, format: Format = .auto,
        lineFormat: String = "%(asctime)s %(message)s", dateFormat: String = "%H:%M:%S"
    ) {
        self.level = level
        self.format = format
        self.lineFormat = lineFormat
        self.dateFormat = dateFormat
    }
}
