import RQ

/// Enqueues jobs of Python from Swift and reads what became of them.
///
///     redis-server &
///     rqd worker --path Examples/EnqueueFromSwift &
///     swift run EnqueueFromSwift redis://localhost:6379/0
@main
enum EnqueueFromSwift {
    static func main() throws {
        let client = try Client(url: CommandLine.arguments.dropFirst().first ?? "redis://localhost")
        try greet(client)
        try fail(client)
        try list(client)
    }

    /// A job with options, and its result.
    private static func greet(_ client: Client) throws(ClientError) {
        let queue = Queue("default", on: client)
        let options = JobOptions(
            timeout: .after(.seconds(30)), resultTTL: .keep(.seconds(3600)),
            meta: ["asked by": "Swift"], retry: Retry(max: 3, intervals: [1, 10, 60]))
        let job = try queue.enqueue(
            "tasks.greet", "Redis", keywords: ["times": 2], options: options)
        guard let result = try job.result(waiting: .seconds(30)) else {
            return print("no worker has run \(job.id) within 30 seconds")
        }
        print("result:", try result.returnValue()?["text"]?.string ?? "none")
    }

    /// A job that fails, one that runs nevertheless when it has ended, and one that would not.
    private static func fail(_ client: Client) throws(ClientError) {
        let queue = Queue("default", on: client)
        let jobs = try queue.enqueueMany([
            JobRequest(Call("tasks.explode", ["too hot"]), options: JobOptions(id: "explode")),
            JobRequest(
                Call("tasks.greet", ["nobody"]),
                options: JobOptions(id: "never", dependency: Dependency(["explode"]))),
            JobRequest(
                Call("tasks.greet", ["everybody"]),
                options: JobOptions(dependency: Dependency(["explode"], allowsFailure: true))),
        ])
        _ = try jobs[2].result(waiting: .seconds(30))
        let reason = try jobs[0].latestResult()?.exceptionText?.split(separator: "\n").last
        print("failure:", reason ?? "none")
        print("waits:", try queue.registry(.deferred).ids().map(\.description))
        try jobs[1].cancel()
        for job in jobs { try job.delete() }
    }

    /// Who works, and what waits.
    private static func list(_ client: Client) throws(ClientError) {
        for worker in try WorkerRecord.all(on: client) {
            let state = worker.state?.description ?? "unknown"
            print(
                "worker:", worker.name, state, "on", worker.hostname ?? "an unknown host", "for",
                worker.queues.map(\.description), "since", worker.birth?.utcISO ?? "ever")
            print(
                "  jobs:", worker.successfulJobCount, "good,", worker.failedJobCount, "bad, in",
                worker.totalWorkingTime)
        }
        print("workers:", try WorkerRecord.count(on: client, queue: "default"))
        for queue in try Queue.all(on: client) {
            print("queue:", queue.name, try queue.count(), "waiting")
        }
    }
}
