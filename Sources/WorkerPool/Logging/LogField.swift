import Glibc
import Logging

/// What a line of the log can tell, by its name in Python's `logging`.
///
/// Source: CPython 3.11, `logging`, "LogRecord attributes".
enum LogField: String, CaseIterable, Sendable {
    case asctime, created, filename, funcName, levelname, levelno, lineno, message, module, msecs
    case name, pathname, process, processName, relativeCreated, taskName, thread, threadName

    /// A value before it is laid out.
    enum Value: Equatable {
        case text(String)
        case integer(Int)
        case floating(Double)
    }

    /// Whether its value is a text, which no conversion for numbers takes.
    var isText: Bool {
        switch self {
        case .asctime, .filename, .funcName, .levelname, .message, .module, .name, .pathname,
            .processName, .taskName, .threadName:
            true
        case .created, .levelno, .lineno, .msecs, .process, .relativeCreated, .thread: false
        }
    }

    /// Whether its value is a whole number, which is what `%x` and the like want.
    var isWhole: Bool {
        switch self {
        case .levelno, .lineno, .process, .thread: true
        case .asctime, .created, .filename, .funcName, .levelname, .message, .module, .msecs,
            .name, .pathname, .processName, .relativeCreated, .taskName, .threadName:
            false
        }
    }

    /// The value for one line.
    ///
    /// What belongs to a line of Python code has a fixed value here.
    ///
    /// - Parameters:
    ///   - line: what is said, when, by whom.
    ///   - date: how `asctime` is written.
    /// - Returns: the value, before it is laid out.
    func value(of line: LogLine, date: DatePattern) -> Value {
        switch self {
        case .asctime: .text(date.text(line.time))
        case .created: .floating(line.time.epochSeconds)
        case .filename, .pathname, .module: .text("rqd")
        case .funcName: .text("log")
        case .levelname: .text(Self.word(line.level))
        case .levelno: .integer(Self.number(line.level))
        case .lineno: .integer(0)
        case .message: .text(line.message)
        case .msecs: .floating(Double(line.time.millisecond))
        // Whoever filters the lines of `rq worker` knows its logger by this name.
        case .name: .text(line.label == "rqd.worker" ? "rq.worker" : line.label)
        case .process, .thread: .integer(Int(getpid()))
        case .processName: .text("MainProcess")
        case .relativeCreated: .floating((line.time.epochSeconds - line.start) * 1000)
        case .taskName: .text("None")
        case .threadName: .text("MainThread")
        }
    }

    /// Python has no level between INFO and WARNING.
    private static func word(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }

    private static func number(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 10
        case .info, .notice: 20
        case .warning: 30
        case .error: 40
        case .critical: 50
        }
    }
}

/// One line before it is laid out.
struct LogLine {
    /// When it is said.
    let time: WallTime
    /// How bad it is.
    let level: Logger.Level
    /// Who says it, for example `rqd.worker`.
    let label: String
    /// What is said; printable, but for newlines.
    let message: String
    /// When the program started to log, in seconds since 1970.
    var start = 0.0
    /// What makes the message coloured; nil where nobody would see it.
    var colour: String?
}
