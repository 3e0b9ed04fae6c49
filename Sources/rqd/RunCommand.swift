import ArgumentParser
import Glibc
import Logging
import WorkerPool

/// `rqd run`: the daemon.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the service: all pools of the configuration.",
        discussion: """
            Stays in the foreground, as a service manager wants it. TERM or INT stops it warmly: \
            running jobs finish, nothing new is taken; the second one, or QUIT, stops it at once.

            EXAMPLES
              rqd run
              rqd run -c ./rqd.conf
              rqd run --set pool.default.workers=8 --set log.level=debug
              rqd run --set redis.url=unix:///run/redis/redis.sock
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let loaded = try options.load()
        do {
            try loaded.checkMachine()
        } catch {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
        LogSystem.bootstrap(loaded.configuration.log)
        for notice in loaded.notices { Logger(label: "rqd").notice("\(notice)") }
        throw ExitCode(
            Master.run(
                configuration: loaded.configuration, options: MasterOptions(),
                reread: options.read))
    }
}
