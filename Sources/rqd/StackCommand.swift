import ArgumentParser
import WorkerPool

/// `rqd stack`: shows where a running job is.
struct StackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack",
        abstract: "Print the Python stack of a job that runs in this service.",
        discussion: """
            The threads of the job's process tell what they are doing, the most recent call last, \
            as in a traceback; also while code in C runs. The job goes on. Of a process that cannot \
            answer, what the kernel knows is printed.

            EXAMPLES
              rqd stack 5f6e21c4-7a3c-4b7e-9d8e-0a1b2c3d4e5f

            EXIT STATUS
              0 done, 1 no such job runs here, 69 no daemon answers
            """)

    @OptionGroup var options: DaemonOptions

    @Argument(help: ArgumentHelp("The job's id.", valueName: "id"))
    var job: String

    func run() throws {
        let lines = try options.daemon.ask { (path) throws(ControlError) in
            try ControlCall.stack(of: job, at: path)
        }
        for line in lines { print(line) }
    }
}
