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
        /// Entries with fields, sent to the journal.
        case journal
    }

    /// The least important level that is still written.
    public var level: Level
    /// Where the lines go.
    public var format: Format

    /// Makes a log configuration; without arguments, `info` and the format that fits.
    public init(level: Level = .info, format: Format = .auto) {
        self.level = level
        self.format = format
    }
}
