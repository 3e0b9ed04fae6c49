import ArgumentParser
import WorkerPool

/// `rqd pause`: lets a pool take no jobs.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a pool of the running service take no jobs, until `rqd resume POOL`.",
        discussion: """
            Jobs that run go on. Other pools, and workers elsewhere, are not concerned; for all \
            workers of a Redis there is `rqd suspend`.

            EXAMPLES
              rqd pause web

            EXIT STATUS
              0 done, 64 there is no such pool, 69 no daemon answers
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: "The pool.")
    var pool: String

    func run() throws {
        try options.daemon.carryOut(.pause(pool: pool))
    }
}
