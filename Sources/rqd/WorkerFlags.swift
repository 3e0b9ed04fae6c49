import ArgumentParser
import WorkerPool

/// The flags of `rqd worker`: those of `rq worker`, with the same names and meanings.
///
/// Source: RQ 3.0.0, `rq/cli/cli.py`, `worker`.
struct WorkerFlags: ParsableArguments {
    @OptionGroup var application: ApplicationFlags
    @OptionGroup var log: LogFlags
    @OptionGroup var sentry: SentryFlags

    @Flag(name: .shortAndLong, help: "End when all queues are empty.")
    var burst = false

    @Option(name: .shortAndLong, help: "The worker's name. (default: 32 random digits)")
    var name: String?

    // A number may be negative: these take what follows, as they do in rq.

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long results are kept; -1 for ever. (default: 500)", valueName: "seconds"))
    var resultsTtl: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long the worker is known after its last sign of life. (default: 420)",
            valueName: "seconds"))
    var workerTtl: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How often a busy worker gives a sign of life. (default: 30)", valueName: "seconds"))
    var jobMonitoringInterval: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("End after so many jobs.", valueName: "count"))
    var maxJobs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("End after so long without a job.", valueName: "seconds"))
    var maxIdleTime: String?

    @Option(
        name: [.long, .customLong("ds", withSingleDash: true)],
        help: ArgumentHelp(
            "default: queues as they are named; round_robin: in turn; random: shuffled.",
            valueName: "strategy"))
    var dequeueStrategy: String?

    @Flag(
        name: [.customShort("d"), .long],
        help: "Only mark failed jobs: in no registry, without a result.")
    var disableDefaultExceptionHandler = false

    @Flag(
        name: [.customShort("s"), .long],
        help: "Move scheduled jobs to their queues when their time comes.")
    var withScheduler = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How often what dead workers left behind is put in order. (default: 600)",
            valueName: "seconds"))
    var maintenanceInterval: String?

    @Flag(help: "Log the ids of jobs instead of their descriptions.")
    var disableJobDescLogging = false

    @Option(
        name: [.long, .customLong("logging_level")],
        help: ArgumentHelp(
            "The least level that is logged: debug, info, warning or error. (default: info)",
            valueName: "level"))
    var loggingLevel: String?

    @Option(help: ArgumentHelp("Write the process id to this file.", valueName: "file"))
    var pid: String?

    /// What holds unless something else says otherwise.
    static var defaults: [Override] {
        [
            Override("pool.default.worker_name", ForegroundPool.randomName(), flag: "rqd worker"),
            // A warm stop waits for the job, however long it takes; the second signal ends it.
            Override("pool.default.stop_timeout", "24h", flag: "rqd worker"),
        ]
    }

    /// The same in the words of the configuration, so that one place checks the values and names
    /// the flag that is wrong.
    ///
    /// - Parameter queues: the most urgent first; none if the command line names none.
    /// - Returns: a value for each flag that was given, and what `rqd worker` decides itself.
    func overrides(queues: [String]) -> [Override] {
        let pool = "pool.default"
        let single: [(String, String?, String)] = [
            ("\(pool).workers", "1", "rqd worker"), ("control.socket", "", "rqd worker"),
            ("metrics.listen", "", "rqd worker"),
            ("scheduler.enabled", withScheduler ? "true" : "false", "rqd worker"),
            ("\(pool).worker_name", name.map(ForegroundPool.template), "--name"),
            ("\(pool).result_ttl", resultsTtl, "--results-ttl"),
            // As rq has it, 0 stands for the default.
            ("\(pool).worker_ttl", workerTtl == "0" ? nil : workerTtl, "--worker-ttl"),
            ("\(pool).heartbeat_interval", jobMonitoringInterval, "--job-monitoring-interval"),
            ("scheduler.maintenance_interval", maintenanceInterval, "--maintenance-interval"),
            ("\(pool).max_jobs", maxJobs, "--max-jobs"),
            ("\(pool).max_idle_time", maxIdleTime, "--max-idle-time"),
            ("\(pool).dequeue_strategy", dequeueStrategy, "--dequeue-strategy"),
            (
                "python.disable_default_exception_handler",
                disableDefaultExceptionHandler ? "true" : nil,
                "--disable-default-exception-handler"
            ),
            (
                "\(pool).job_descriptions", disableJobDescLogging ? "false" : nil,
                "--disable-job-desc-logging"
            ),
        ]
        let own = single.compactMap { key, value, flag in
            value.map { Override(key, $0, flag: flag) }
        }
        return own + log.overrides(level: loggingLevel) + sentry.overrides
            + application.overrides(queues: queues)
    }
}
