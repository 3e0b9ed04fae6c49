import ArgumentParser
import Logging
import WorkerPool

/// `rqd worker-pool`: several workers in the foreground, in the place of `rq worker-pool`.
///
/// Source: RQ 3.0.0, `rq/cli/workers.py` and `rq/worker_pool.py`; its workers all schedule.
struct WorkerPoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker-pool",
        abstract: "Run several workers in the foreground, like `rq worker-pool`.",
        discussion: """
            Takes the flags of `rq worker-pool`, and prints what its workers print. A worker that \
            dies is replaced. With --burst it ends when all queues are empty.

            EXAMPLES
              rqd worker-pool -n 4 high default low
              rqd worker-pool --burst -n 2 --url redis://localhost:6379/1 emails

            For a service, see `rqd run`.
            """)

    @OptionGroup var application: ApplicationFlags
    @OptionGroup var log: LogFlags
    @OptionGroup var sentry: SentryFlags

    @Flag(name: .shortAndLong, help: "End when all queues are empty.")
    var burst = false

    @Option(
        name: [.customShort("l"), .long, .customLong("logging_level")],
        help: ArgumentHelp(
            "The least level that is logged: debug, info, warning or error. (default: info)",
            valueName: "level"))
    var loggingLevel: String?

    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("How many workers. (default: 1)", valueName: "count"))
    var numWorkers: String?

    @Argument(help: "The queues, the most urgent first. (default: default)")
    var queues: [String] = []

    func validate() throws {
        guard let numWorkers, let count = Int(numWorkers), count < 1 else { return }
        throw ValidationError("--num-workers takes a whole number from 1 on, not \(count)")
    }

    func run() throws {
        let me = "rqd worker-pool"
        let defaults = [
            Override("pool.default.workers", "1", flag: me),
            // A warm stop waits for the jobs, however long they take; the second signal ends it.
            Override("pool.default.stop_timeout", "24h", flag: me),
        ]
        let own = [
            Override("control.socket", "", flag: me),
            Override("metrics.listen", "", flag: me),
            // A name in the settings is for one worker.
            Override(
                "pool.default.worker_name", "\(ForegroundPool.randomName()).%s", flag: me),
            Override("scheduler.enabled", "true", flag: me),
            numWorkers.map { Override("pool.default.workers", $0, flag: "--num-workers") },
        ].compactMap { $0 }
        let loaded = try ForegroundPool.load(
            config: application.config, defaults: defaults,
            overrides: own + log.overrides(level: loggingLevel) + sentry.overrides
                + application.overrides(queues: queues))
        if let warning = application.standIn?.deprecation { Complaint.say(warning) }
        let redis = ForegroundRedis(redis: loaded.configuration.redis, isBurst: burst)
        try redis.ask(heedsSuspension: false)
        LogSystem.bootstrap(loaded.configuration.log)
        let options = MasterOptions(burst: burst)
        throw ExitCode(Master.run(configuration: loaded.configuration, options: options))
    }
}
