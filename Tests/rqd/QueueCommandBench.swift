import RedisKit
import TestSupport

/// A private server, and the same commands of `rqd` and of Python's `rq` on it.
struct QueueCommandBench {
    let server: RedisServer
    let redis: Connection
    let directory: TemporaryDirectory

    init() throws {
        server = try RedisServer()
        redis = try server.connect()
        directory = try TemporaryDirectory()
    }

    func rqd(_ arguments: String..., environment: [String: String] = [:]) throws -> Finished {
        var all = ["RQ_REDIS_URL": server.url, "TZ": "Asia/Kolkata"]
        all.merge(environment) { $1 }
        return try Program.run(arguments, environment: all, directory: directory.path)
    }

    /// `rq` on another database of the same server.
    func rq(_ arguments: [String], database: Int = 0) throws -> Finished {
        let rq = try PythonEnvironment(.rq3_0).program("rq")
        let all = Program.environment.merging(
            ["RQ_REDIS_URL": server.url(database: database), "TZ": "Asia/Kolkata"]) { $1 }
        return try run([rq] + arguments, environment: all, directory: directory.path)
    }

    func ask(_ words: String...) throws -> ReplyValue {
        var command = Command(words[0])
        for word in words.dropFirst() { command.append(.text(word)) }
        return try redis.call(command)
    }

    /// Registers a worker as rq does.
    func register(_ name: String, on queues: [String], state: String) throws {
        _ = try ask(
            "HSET", "rq:worker:\(name)", "birth", "2026-11-23T08:46:39.836231Z", "queues",
            queues.joined(separator: ","), "state", state, "pid", "7", "hostname", "h",
            "ip_address", "127.0.0.1:5", "successful_job_count", "3", "failed_job_count", "1",
            "last_heartbeat", "2026-11-23T08:46:39.836231Z", "version", "3.0.0",
            "total_working_time", "1.5", "python_version", "3.11")
        _ = try ask("SADD", "rq:workers", "rq:worker:\(name)")
        for queue in queues { _ = try ask("SADD", "rq:workers:\(queue)", "rq:worker:\(name)") }
    }

    /// Puts ids into a queue.
    func fill(_ queue: String, count: Int) throws {
        _ = try ask("SADD", "rq:queues", "rq:queue:\(queue)")
        for number in 0..<count { _ = try ask("RPUSH", "rq:queue:\(queue)", "j\(number)") }
    }
}
