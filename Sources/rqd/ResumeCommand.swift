import ArgumentParser
import RQ

/// `rqd resume`: workers take jobs again.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let suspended workers work again, like `rq resume`.",
        discussion: """
            EXAMPLES
              rqd resume
              rqd resume --url redis://db.example:6379/1
            """)

    @OptionGroup var server: ServerOptions

    func run() throws {
        try server.withClient { (client) throws(ClientError) in try client.resume() }
        print("Resuming workers.")
    }
}
