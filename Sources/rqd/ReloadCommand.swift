import ArgumentParser
import WorkerPool

/// `rqd reload`: has the service read its configuration again.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running service read its configuration again.",
        discussion: """
            Only what has changed is touched, and no running job. Queues and limits reach the \
            workers where they are; another number of workers takes effect at once; workers whose \
            interpreter, environment or Redis has changed are replaced one by one, after the new \
            interpreter has been tried. Whatever is wrong is refused, with file and line, and \
            nothing changes.

            Returns when all is done that does not wait for a job to end.

            EXAMPLES
              rqd check && rqd reload
              systemctl reload rqd            the same

            EXIT STATUS
              0 done, 69 not now, or workers do not come up, 78 the configuration is wrong
            """)

    @OptionGroup var options: DaemonOptions

    func run() throws {
        try options.daemon.carryOut(.reload, within: .seconds(600))
    }
}
