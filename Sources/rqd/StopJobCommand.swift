import ArgumentParser
import WorkerPool

/// `rqd stop-job`: ends a running job as stopped.
struct StopJobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop-job",
        abstract: "End a job that runs in this service; it counts as stopped.",
        discussion: """
            Its process group is killed, its stopped callback runs. Works without Redis, too; a job \
            elsewhere is ended by RQ's own `send_stop_job_command`.

            EXAMPLES
              rqd stop-job 5f6e21c4-7a3c-4b7e-9d8e-0a1b2c3d4e5f

            EXIT STATUS
              0 done, 1 no such job runs here, 69 no daemon answers
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: ArgumentHelp("The job's id.", valueName: "id"))
    var job: String

    func run() throws {
        try options.daemon.carryOut(.stopJob(id: job))
    }
}
