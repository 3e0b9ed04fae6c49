import ArgumentParser
import WorkerPool

/// `rqd scale`: gives a pool another number of workers.
struct ScaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Give a pool of the running service this many workers.",
        discussion: """
            More are started at once. Fewer: those that wait for work go first, the busy ones after \
            their job. The number holds until the service is started again, or a reload finds \
            another one in the configuration. A pool that scales by itself is not scaled.

            EXAMPLES
              rqd scale web 12
              rqd scale web 0

            EXIT STATUS
              0 done, 64 there is no such pool or room, 69 no daemon answers
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: "The pool.")
    var pool: String

    @Argument(help: "How many workers it is to have.")
    var workers: Int

    func run() throws {
        try options.daemon.carryOut(.scale(pool: pool, workers: workers))
    }
}
