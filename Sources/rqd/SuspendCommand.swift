import ArgumentParser
import RQ

/// `rqd suspend`: no worker takes a new job.
struct SuspendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Let no worker take a new job, like `rq suspend`.",
        discussion: """
            Holds for every worker on this Redis, of rqd and of rq, until `rqd resume` or for \
            --duration. Jobs that run are finished.

            EXAMPLES
              rqd suspend
              rqd suspend --duration 600
              rqd suspend --url redis://db.example:6379/1
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("For how long. (default: until resumed)", valueName: "seconds"))
    var duration: Int?

    func validate() throws {
        if let duration, duration < 1 {
            throw ValidationError("--duration takes whole seconds from 1 on")
        }
    }

    func run() throws {
        try server.withClient { (client) throws(ClientError) in
            try client.suspend(for: duration.map { .seconds($0) })
        }
        guard let duration else {
            print(
                "Suspending workers.  No new jobs will be started.  "
                    + "But current jobs will be completed")
            return
        }
        print(
            "Suspending workers for \(duration) seconds. No new jobs will be started during that "
                + "time, but then will\n        automatically resume")
    }
}
