import ArgumentParser
import WorkerPool

/// The flags of `rqd worker`: those of `rq worker`, with the same names and meanings.
///
/// Source: RQ 3.0.0, `rq/cli/cli.py`, `worker`.
struct WorkerFlags: ParsableArguments {
    @Flag(name: .shortAndLong, help: "End when all queues are empty.")
    var burst = false

    @Option(
        name: .shortAndLong,
        help: "The Redis server. (default: $RQ_REDIS_URL, else redis://127.0.0.1:6379/0)")
    var url: String?

    @Option(
        name: [.customShort("P"), .long],
        help: "Where Python finds the application; may be repeated. (default: .)")
    var path: [String] = []

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

    @Option(
        name: [.customShort("S"), .long],
        help: "json, pickle, or the dotted name of a serializer.")
    var serializer: String?

    @Option(name: [.customShort("j"), .long], help: "The dotted name of a job class.")
    var jobClass: String?

    @Option(help: "The dotted name of a queue class.")
    var queueClass: String?

    @Option(help: "The dotted name of a connection class.")
    var connectionClass: String?

    @Option(help: "The dotted name of an exception handler; may be repeated.")
    var exceptionHandler: [String] = []

    @Flag(
        name: [.customShort("d"), .long],
        help: "Only mark failed jobs: in no registry, without a result.")
    var disableDefaultExceptionHandler = false

    @Option(
        help: ArgumentHelp(
            "Where Sentry's SDK reports failures. (default: $RQ_SENTRY_DSN)", valueName: "dsn"))
    var sentryDsn: String?

    @Option(
        help: ArgumentHelp(
            "Certificates to check Sentry's server against. (default: $RQ_SENTRY_CA_CERTS)",
            valueName: "file"))
    var sentryCaCerts: String?

    @Option(
        help: ArgumentHelp(
            "Whether Sentry's SDK says what it does. (default: $RQ_SENTRY_DEBUG, else no)",
            valueName: "yes|no"))
    var sentryDebug: String?

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
        name: [.customShort("w"), .long],
        help: ArgumentHelp(
            "RQ's RoundRobinWorker and RandomWorker stand for --dequeue-strategy.",
            valueName: "class"))
    var workerClass: WorkerClass?

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say less: warnings and errors only.")
    var quiet = false

    @Option(help: ArgumentHelp("Write the process id to this file.", valueName: "file"))
    var pid: String?

    func validate() throws {
        if verbose, quiet {
            throw ValidationError("--verbose and --quiet exclude each other")
        }
    }

    /// The same in the words of the configuration, so that one place checks the values and names
    /// the flag that is wrong.
    ///
    /// - Parameter queues: the most urgent first; none means `default`.
    /// - Returns: a value for each flag that was given, and what `rqd worker` decides itself.
    func overrides(queues: [String]) -> [Override] {
        let pool = "pool.default"
        let name = self.name ?? Self.randomName()
        var all = [
            Override("\(pool).workers", "1", flag: "rqd worker"),
            Override(
                "\(pool).queues", list: queues.isEmpty ? ["default"] : queues, flag: "QUEUES"),
            Override(
                "\(pool).worker_name",
                name.split(separator: "%", omittingEmptySubsequences: false)
                    .joined(separator: "%%"), flag: "--name"),
            // A warm stop waits for the job, however long it takes; the second signal ends it.
            Override("\(pool).stop_timeout", "24h", flag: "rqd worker"),
            Override("python.path", list: path.isEmpty ? ["."] : path, flag: "--path"),
            Override("control.socket", "", flag: "rqd worker"),
            Override("scheduler.enabled", withScheduler ? "true" : "false", flag: "rqd worker"),
        ]
        let single: [(String, String?, String)] = [
            ("redis.url", url, "--url"),
            ("\(pool).result_ttl", resultsTtl, "--results-ttl"),
            // As rq has it, 0 stands for the default.
            ("\(pool).worker_ttl", workerTtl == "0" ? nil : workerTtl, "--worker-ttl"),
            ("\(pool).heartbeat_interval", jobMonitoringInterval, "--job-monitoring-interval"),
            ("scheduler.maintenance_interval", maintenanceInterval, "--maintenance-interval"),
            ("\(pool).max_jobs", maxJobs, "--max-jobs"),
            ("\(pool).max_idle_time", maxIdleTime, "--max-idle-time"),
            (
                "\(pool).dequeue_strategy", workerClass?.dequeueStrategy ?? dequeueStrategy,
                "--dequeue-strategy"
            ),
            ("python.serializer", serializer, "--serializer"),
            ("python.job_class", jobClass, "--job-class"),
            ("python.queue_class", queueClass, "--queue-class"),
            ("python.connection_class", connectionClass, "--connection-class"),
            (
                "python.disable_default_exception_handler",
                disableDefaultExceptionHandler ? "true" : nil,
                "--disable-default-exception-handler"
            ),
            ("python.sentry_dsn", sentryDsn, "--sentry-dsn"),
            ("python.sentry_ca_certs", sentryCaCerts, "--sentry-ca-certs"),
            ("python.sentry_debug", sentryDebug, "--sentry-debug"),
            (
                "\(pool).job_descriptions", disableJobDescLogging ? "false" : nil,
                "--disable-job-desc-logging"
            ),
            (
                "log.level", verbose ? "debug" : quiet ? "warning" : nil,
                verbose ? "--verbose" : "--quiet"
            ),
        ]
        for (key, value, flag) in single {
            if let value { all.append(Override(key, value, flag: flag)) }
        }
        if !exceptionHandler.isEmpty {
            all.append(
                Override(
                    "python.exception_handlers", list: exceptionHandler,
                    flag: "--exception-handler"))
        }
        return all
    }

    /// 32 hexadecimal digits, as rq names a worker that has no name.
    private static func randomName() -> String {
        (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }
}
