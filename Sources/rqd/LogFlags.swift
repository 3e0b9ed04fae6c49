import ArgumentParser
import WorkerPool

/// The flags that say what the foreground commands print.
///
/// Source: RQ 3.0.0, `rq/cli/workers.py`.
struct LogFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The layout of a line, in the words of Python's logging. "
                + "(default: %(asctime)s %(message)s)", valueName: "layout"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "How a line writes its moment, as strftime does. (default: %H:%M:%S)",
            valueName: "layout"))
    var dateFormat: String?

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say less: warnings and errors only.")
    var quiet = false

    func validate() throws {
        if verbose, quiet {
            throw ValidationError("--verbose and --quiet exclude each other")
        }
    }

    /// The same in the words of the configuration.
    ///
    /// - Parameter level: what `--logging-level` says; `--verbose` and `--quiet` win, as in rq.
    /// - Returns: a value for each flag that was given.
    func overrides(level: String?) -> [Override] {
        var all = [Override("log.format", "classic", flag: "rqd worker")]
        if let logFormat {
            all.append(Override("log.line_format", logFormat, flag: "--log-format"))
        }
        if let dateFormat {
            all.append(Override("log.date_format", dateFormat, flag: "--date-format"))
        }
        if verbose {
            all.append(Override("log.level", "debug", flag: "--verbose"))
        } else if quiet {
            all.append(Override("log.level", "warning", flag: "--quiet"))
        } else if let level {
            all.append(Override("log.level", Self.level(level), flag: "--logging-level"))
        }
        return all
    }

    /// A level of Python's `logging` in our words; what is none stays, and is complained about.
    static func level(_ name: String) -> String {
        LogConfiguration.Level(ofPython: name)?.rawValue ?? name
    }
}
