import ArgumentParser
import RQ

/// `rqd enqueue`: makes a job.
struct EnqueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue",
        abstract: "Make a job, like `rq enqueue`.",
        discussion: """
            FUNCTION is a dotted name, as the workers import it. Each argument is text; or JSON \
            after a colon; or a Python literal after a percent sign; after @, the contents of a \
            file. NAME=, NAME:= and NAME%= in front give it to a parameter by name.

            EXAMPLES
              rqd enqueue app.tasks.send hello
              rqd enqueue -q high app.tasks.add :1 :2.5
              rqd enqueue app.tasks.send to=x@y.example 'options:={"copies": 2}'
              rqd enqueue app.tasks.send "%('a', None)" body=@/etc/motd
              rqd enqueue --schedule-in 5m --retry-max 3 app.tasks.clean

            EXIT STATUS
              0 enqueued, 64 a wrong value, 69 Redis does not answer
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var flags: EnqueueFlags

    @Argument(help: "The dotted name of the function.")
    var function: String

    @Argument(help: "What it is given.")
    var arguments: [String] = []

    func run() throws {
        try ProducerName.checkFunction(function)
        try ProducerName.checkQueue(flags.queue)
        let call = try JobArgument.call(function, arguments)
        let request = try flags.request(call)
        try server.withClient { (client) throws(ClientError) in
            let job = try Queue(QueueName(flags.queue), on: client).enqueue(request)
            guard !flags.quiet else { return }
            let text = Terminal.text(call.description, .blue)
            print("Enqueued \(text) with job-id '\(job.id)'.")
        }
    }
}
