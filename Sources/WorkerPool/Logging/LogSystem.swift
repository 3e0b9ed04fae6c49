import CLinux
import Glibc
import Logging

/// The log of the whole program: set up once, before the first fork.
public enum LogSystem {
    /// Gives swift-log its handlers; may be called once.
    ///
    /// - Parameter log: what is logged, what lines look like, where they go.
    public static func bootstrap(_ log: LogConfiguration) {
        level = log.level
        let least = { @Sendable in SharedLevel.program.value.loggerLevel }
        let output = LogStream.standardOutput()
        let errors = LogStream.standardError()
        switch form(log.format) {
        case .text:
            LoggingSystem.bootstrap {
                TextLogHandler(
                    label: $0, level: least, format: .daemon, ordinary: errors, errors: errors)
            }
        case .json:
            LoggingSystem.bootstrap {
                TextLogHandler(
                    label: $0, level: least, format: .json, ordinary: errors, errors: errors)
            }
        case .classic:
            let layout = ClassicLayout(log)
            LoggingSystem.bootstrap {
                TextLogHandler(
                    label: $0, level: { [label = $0] in classicLevel(of: label, least()) },
                    format: .classic,
                    ordinary: output, errors: errors, layout: layout)
            }
        case .journal:
            let journal = JournalSocket()
            LoggingSystem.bootstrap {
                JournalLogHandler(label: $0, level: least, journal: journal, fallback: errors)
            }
        }
    }

    /// The least level that is logged; a change holds at once, and in all children.
    static var level: LogConfiguration.Level {
        get { SharedLevel.program.value }
        set { SharedLevel.program.value = newValue }
    }

    /// A user of `rq worker` knows the worker only: the master speaks when something is wrong, or
    /// when everything is wanted.
    static func classicLevel(of label: String, _ least: Logger.Level) -> Logger.Level {
        label == "rqd.worker" || least <= .debug ? least : max(least, .warning)
    }

    /// The form that the configuration asks for; `auto` looks at where standard error leads.
    static func form(_ format: LogConfiguration.Format) -> LogForm {
        switch format {
        case .text: .text
        case .classic: .classic
        case .journal: .journal
        case .json: .json
        case .auto:
            LogForm.suiting(
                journalStream: getenv("JOURNAL_STREAM").map { String(cString: $0) }, descriptor: 2)
        }
    }
}

extension LogConfiguration.Level {
    /// The same level in swift-log's words.
    var loggerLevel: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}

extension LogForm {
    /// The form that a logger's handler writes; text for a handler that is not ours.
    static func of(_ logger: Logger) -> LogForm {
        if logger.handler is JournalLogHandler { return .journal }
        guard let text = logger.handler as? TextLogHandler else { return .text }
        switch text.format {
        case .daemon: return .text
        case .json: return .json
        case .classic: return .classic
        }
    }
}
