import ArgumentParser
import WorkerPool

/// `rqd log-level`: changes what is logged.
struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Change what the running service logs: debug, info, notice, warning or error.",
        discussion: """
            Holds at once and for all its processes, until the service is started again or a reload \
            finds another level in the configuration.

            EXAMPLES
              rqd log-level debug

            EXIT STATUS
              0 done, 64 there is no such level, 69 no daemon answers
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: "The least important level that is still logged.")
    var level: String

    func run() throws {
        try options.daemon.carryOut(.logLevel(level))
    }
}
