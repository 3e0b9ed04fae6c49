import ArgumentParser
import WorkerPool

/// `rqd restart`: replaces a pool's workers and their interpreter.
struct RestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Replace the workers of a pool, or of all, for new application code.",
        discussion: """
            A new interpreter imports the application first. If it cannot, nothing changes. Then \
            the workers are replaced: those that wait for work one after the other, the busy ones \
            after their job. No job fails.

            Returns when all is done that does not wait for a job to end. Without POOL \
            all pools are replaced. The signal USR2 does that and takes over a new version of rqd.

            EXAMPLES
              rqd restart web
              rqd restart

            EXIT STATUS
              0 done, 64 there is no such pool, 69 not now, or workers do not come up, 78 the \
            application cannot be loaded
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: "The pool. (default: all pools)")
    var pool: String?

    func run() throws {
        try options.daemon.carryOut(.restart(pool: pool), within: .seconds(600))
    }
}
