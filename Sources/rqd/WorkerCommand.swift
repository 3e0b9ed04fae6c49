import ArgumentParser
import Glibc
import Logging
import WorkerPool

/// `rqd worker`: one worker in the foreground, in the place of `rq worker`.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run one worker in the foreground, like `rq worker`.",
        discussion: """
            Takes the flags of `rq worker`, and prints what it prints. The interpreter is that of \
            the active virtual environment ($VIRTUAL_ENV), else python3. Without QUEUES it works \
            on those of the settings, else on `default`; the first queue is the most urgent.

            EXAMPLES
              rqd worker
              rqd worker high default low
              rqd worker -c settings
              rqd worker --burst --url redis://localhost:6379/1 emails
              rqd worker -P ./src --name mailer --max-jobs 1000 emails
              RQ_REDIS_URL=unix:///run/redis.sock rqd worker
            """)

    @OptionGroup var flags: WorkerFlags

    @Argument(help: "The queues, the most urgent first. (default: default)")
    var queues: [String] = []

    func run() throws {
        let loaded = try ForegroundPool.load(
            config: flags.application.config, defaults: WorkerFlags.defaults,
            overrides: flags.overrides(queues: queues))
        if let warning = flags.application.standIn?.deprecation { Complaint.say(warning) }
        let redis = ForegroundRedis(redis: loaded.configuration.redis, isBurst: flags.burst)
        try redis.ask(heedsSuspension: true)
        if let file = flags.pid { try PidFile.write(getpid(), to: file) }
        LogSystem.bootstrap(loaded.configuration.log)
        let options = MasterOptions(burst: flags.burst, foreground: true)
        throw ExitCode(Master.run(configuration: loaded.configuration, options: options))
    }
}
