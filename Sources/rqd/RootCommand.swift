import ArgumentParser
import WorkerPool

/// `rqd` itself: what all commands share.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rqd",
        abstract: "Runs the jobs of Python's RQ as one service.",
        discussion: """
            rqd does the work of `rq worker`: it takes jobs from RQ's queues in Redis and runs \
            them with your application's own Python. Producers, dashboards and other workers \
            stay as they are.

            EXAMPLES
              rqd worker high default        one worker in the foreground, like rq worker
              rqd run -c /etc/rqd.conf       the service: all pools of the configuration
              rqd check --connect            is all right, and does all answer?
              rqd status                     what is every worker doing?
              rqd info                       queues and workers, like rq info

            EXIT STATUS
              0   fine
              64  wrong usage
              69  Redis, or the daemon that was asked, does not answer
              70  a bug of rqd
              78  wrong configuration
            """,
        version: "rqd \(Version.current)",
        subcommands: [
            RunCommand.self, CheckCommand.self, WorkerCommand.self, WorkerPoolCommand.self,
            StatusCommand.self, MetricsCommand.self, ReloadCommand.self, RestartCommand.self,
            UpgradeCommand.self, ScaleCommand.self, PauseCommand.self, StopJobCommand.self,
            StackCommand.self,
            KillJobCommand.self, LogLevelCommand.self, LogsCommand.self, InfoCommand.self,
            EnqueueCommand.self, SuspendCommand.self, ResumeCommand.self,
            RequeueCommand.self, EmptyCommand.self, ImportSettingsCommand.self, UnitCommand.self,
        ])
}
