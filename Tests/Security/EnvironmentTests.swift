import Glibc
import TestSupport
import Testing

/// The variables that the application and its jobs find.
@Suite struct EnvironmentTests {
    private static let notes = """
        import os
        with open('environment.log', 'a') as file:
            file.write(repr(sorted(os.environ.items())) + '\\n')
        os.chmod('environment.log', 0o666)


        def run():
            return repr(sorted(os.environ.items()))

        """

    private static let environment = """

        [pool.default.python]
        preload = ["app.tasks", "app.attack"]
        [pool.default.python.environment]
        RQD_WANTED = "wanted"
        OF_THE_POOL = "wanted"

        """

    private static let secret = "of-the-daemon"

    @Test(arguments: RightsTests.pools)
    func `nothing of rqd's own goes in, in an import or a job, but what the pool says`(
        pool: String
    ) throws {
        let server = try RedisServer(arguments: ["--unixsocketperm", "777"])
        var settings = Daemon.Settings()
        settings.pool = pool + Self.environment
        settings.wrapper = Attack.capable
        settings.isForOthers = true
        settings.environment = [
            "RQD_LOG_LEVEL": "info", "RQD_REDIS_PASSWORD": "",
            "RQD_POOL_OTHER_QUEUES": "other", "RQD_POOL_OTHER_PYTHON_ENVIRONMENT_KEY": Self.secret,
            "RQ_REDIS_URL": "redis://:\(Self.secret)@127.0.0.1:1/0", "RQ_SENTRY_DEBUG": "",
            "CREDENTIALS_DIRECTORY": "/run/credentials/\(Self.secret)", "PLAIN": "goes in",
        ]
        let daemon = try Daemon(settings, on: server)
        try daemon.directory.write("app/attack.py", Self.notes)
        try daemon.explain {
            try Attack.open(daemon)
            try daemon.start(isAwaited: false)
            let job = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.run').id)")
            try daemon.waitFor("finished", of: job, within: .seconds(60))
            let seen = [
                try daemon.value(of: job),
                String(
                    decoding: try readFile(daemon.directory.file("environment.log")), as: UTF8.self),
            ]
            for text in seen {
                try #require(!text.contains(Self.secret), "\(text)")
                let names = text.split(separator: "'").filter { $0.hasPrefix("RQD_") }
                try #require(names.allSatisfy { $0 == "RQD_WANTED" } && !names.isEmpty, "\(names)")
                try #require(text.contains("OF_THE_POOL") && text.contains("goes in"))
                try #require(text.contains("RQ_KEY_PREFIX"))
            }
        }
    }
}
