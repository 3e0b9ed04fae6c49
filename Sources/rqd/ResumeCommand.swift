import ArgumentParser
import RQ
import WorkerPool

/// `rqd resume`: workers take jobs again, those of a pool or all.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let suspended workers work again, like `rq resume`; with POOL, a paused pool.",
        discussion: """
            Without POOL it takes back `rqd suspend` or `rq suspend`, which hold for all workers of \
            a Redis. With POOL it takes back `rqd pause POOL`, and asks the running service only.

            EXAMPLES
              rqd resume
              rqd resume web
              rqd resume --url redis://db.example:6379/1
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("With POOL: ask at this socket.", valueName: "path"))
    var socket: String?

    @Argument(help: "A paused pool of the running service. (default: none, all suspended workers)")
    var pool: String?

    func run() throws {
        if let pool { return try daemon.carryOut(.resume(pool: pool)) }
        try server.withClient { (client) throws(ClientError) in try client.resume() }
        print("Resuming workers.")
    }

    private var daemon: DaemonAddress {
        let file = server.config
        return DaemonAddress(socket: socket, isFileNamed: file != nil) {
            () throws(ConfigurationError) in
            try ConfigurationLoader.load(file: file, environment: Environment.variables())
        }
    }
}
