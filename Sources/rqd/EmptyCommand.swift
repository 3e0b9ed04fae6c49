import ArgumentParser
import RQ
import WorkerPool

/// `rqd empty`: deletes the jobs that wait in queues.
struct EmptyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "empty",
        abstract: "Delete the jobs that wait in queues, like `rq empty`.",
        discussion: """
            Jobs that run, that failed, or that wait for a time or for other jobs stay.

            EXAMPLES
              rqd empty default
              rqd empty high low
              rqd empty --all
            """)

    @OptionGroup var server: ServerOptions

    @Flag(name: .shortAndLong, help: "All queues.")
    var all = false

    @Argument(help: "The queues.")
    var queues: [String] = []

    func run() throws {
        try server.withClient { (client) throws(ClientError) in
            let named = queues.map { Queue(QueueName($0), on: client) }
            let queues = all ? try Queue.all(on: client) : named
            guard !queues.isEmpty else { return print("Nothing to do") }
            for queue in queues {
                let name = PrintableText.of(queue.name.description)
                print("\(try queue.empty()) jobs removed from \(name) queue")
            }
        }
    }
}
