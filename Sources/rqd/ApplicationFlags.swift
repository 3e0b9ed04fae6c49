import ArgumentParser
import WorkerPool

/// The flags of the foreground commands that say where Redis and the application are.
///
/// Source: RQ 3.0.0, `rq/cli/helpers.py`, `shared_options`.
struct ApplicationFlags: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The Redis server. (default: $RQ_REDIS_URL, else redis://127.0.0.1:6379/0)")
    var url: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "An RQ settings module, or an rqd.conf, of which the pool default counts. "
                + "(default: $RQ_CONFIG)", valueName: "settings"))
    var config: String?

    @Option(
        name: [.customShort("P"), .long],
        help: "Where Python finds the application; may be repeated. (default: .)")
    var path: [String] = []

    @Option(
        name: [.customShort("S"), .long],
        help: "json, pickle, or the dotted name of a serializer.")
    var serializer: String?

    @Option(
        name: [.customShort("j"), .long],
        help: "The dotted name of a job class. (default: $RQ_JOB_CLASS)")
    var jobClass: String?

    @Option(help: "The dotted name of a queue class. (default: $RQ_QUEUE_CLASS)")
    var queueClass: String?

    @Option(help: "The dotted name of a connection class. (default: $RQ_CONNECTION_CLASS)")
    var connectionClass: String?

    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp(
            "The dotted name of an RQ worker class that runs the jobs itself. RQ's "
                + "RoundRobinWorker and RandomWorker stand for --dequeue-strategy. "
                + "(default: $RQ_WORKER_CLASS)",
            valueName: "class"))
    var workerClass: String?

    @Option(help: "The dotted name of an exception handler; may be repeated.")
    var exceptionHandler: [String] = []

    /// The class that the flag names, else the variable of rq's, and which of them it was.
    private var named: (name: String, origin: String)? {
        if let workerClass { return (workerClass, "--worker-class") }
        let variable = "RQ_WORKER_CLASS"
        let name = Environment.variables()[variable] ?? ""
        return name.isEmpty ? nil : (name, variable)
    }

    /// The class of rq's own that rqd's worker does the work of; nil for any other.
    var standIn: WorkerClass? { named.flatMap { WorkerClass(dotted: $0.name) } }

    /// The same in the words of the configuration, so that one place checks the values and names
    /// the flag that is wrong.
    ///
    /// - Parameter queues: the most urgent first; none if the command line names none.
    /// - Returns: a value for each flag that was given.
    func overrides(queues: [String]) -> [Override] {
        let single: [(String, String?, String)] = [
            ("redis.url", url, "--url"), ("python.serializer", serializer, "--serializer"),
            ("python.job_class", jobClass, "--job-class"),
            ("python.queue_class", queueClass, "--queue-class"),
            ("python.connection_class", connectionClass, "--connection-class"),
            ("pool.default.dequeue_strategy", standIn?.dequeueStrategy, named?.origin ?? ""),
            (
                "pool.default.worker_class", standIn == nil ? named?.name : nil,
                named?.origin ?? ""
            ),
        ]
        let lists = [
            ("pool.default.queues", queues, "QUEUES"), ("python.path", path, "--path"),
            ("python.exception_handlers", exceptionHandler, "--exception-handler"),
        ]
        return single.compactMap { key, value, flag in
            value.map { Override(key, $0, flag: flag) }
        }
            + lists.filter { !$0.1.isEmpty }.map { Override($0.0, list: $0.1, flag: $0.2) }
    }
}
