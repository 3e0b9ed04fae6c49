import RedisKit
import Testing

@testable import WorkerPool

@Suite struct RedisTroubleTests {
    @Test(arguments: [
        (
            "ERR Unknown subcommand or wrong number of arguments for 'TRACKING'. Try CLIENT HELP",
            "ERR Unknown subcommand or wrong number of arguments for 'TRACKING'; a proxy may not "
                + "know it, but Redis does since 6.0, which rqd needs"
        ),
        (
            "NOPERM User rqd has no permissions to run the 'client|tracking' command",
            "NOPERM User rqd has no permissions to run the 'client|tracking' command"
        ),
    ])
    func `a server too old to tell of new jobs is told apart from one that may not`(
        words: String, reason: String
    ) {
        #expect(ServerError(message: words).reasonNotToTell == reason)
    }
}
