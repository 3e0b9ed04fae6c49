import ArgumentParser
import RQ

/// `rqd requeue`: failed jobs go back into their queue.
struct RequeueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue",
        abstract: "Put failed jobs back into their queue, like `rq requeue`.",
        discussion: """
            EXAMPLES
              rqd requeue --queue default --all
              rqd requeue -q default 4b2f6a9e-7b1c-4f0e-9d54-0c7a8d1f2e33

            EXIT STATUS
              0 all went back, 1 some did not, 69 Redis does not answer
            """)

    @OptionGroup var server: ServerOptions

    @Option(name: .shortAndLong, help: "The queue.")
    var queue: String

    @Flag(name: .shortAndLong, help: "All failed jobs of the queue.")
    var all = false

    @Argument(help: "The ids of the jobs.")
    var ids: [String] = []

    func run() throws {
        var failures = 0
        try server.withClient { (client) throws(ClientError) in
            let failed = Registry(.failed, of: QueueName(queue), on: client)
            let ids = all ? try failed.ids() : self.ids.map { JobID($0) }
            guard !ids.isEmpty else { return print("Nothing to do") }
            print("Requeueing \(ids.count) jobs from failed queue")
            for id in ids {
                do throws(ClientError) {
                    try failed.requeue(id)
                } catch .noSuchJob, .refused {
                    failures += 1
                }
            }
        }
        guard failures > 0 else { return }
        let text = "Unable to requeue \(failures) jobs from failed job registry"
        print(Terminal.text(text, .red))
        throw ExitCode.failure
    }
}
