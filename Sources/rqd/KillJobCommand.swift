import ArgumentParser
import WorkerPool

/// `rqd kill-job`: kills a running job's process.
struct KillJobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-job",
        abstract:
            "Kill the process of a job that runs in this service; the job fails or is tried again.",
        discussion: """
            As if its process had died by itself: retries and failure callbacks are used.

            EXAMPLES
              rqd kill-job 5f6e21c4-7a3c-4b7e-9d8e-0a1b2c3d4e5f

            EXIT STATUS
              0 done, 1 no such job runs here, 69 no daemon answers
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: ArgumentHelp("The job's id.", valueName: "id"))
    var job: String

    func run() throws {
        try options.daemon.carryOut(.killJob(id: job))
    }
}
