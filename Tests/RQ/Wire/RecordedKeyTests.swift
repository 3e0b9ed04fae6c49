import RQ
import Testing

struct `Recorded keys` {
    private let keys = Keys()

    @Test(arguments: Recording.versions)
    func `are all among those we make from the names rq reports`(version: String) throws {
        for snapshot in try Recording.of(version).snapshots {
            let known = try knownKeys(of: snapshot)
            for entry in snapshot.keys {
                #expect(known[entry.key.bytes] == entry.type, "\(entry.key.text)")
            }
        }
    }

    @Test(arguments: Recording.versions)
    func `include every kind that a run through all snapshots leaves`(version: String) throws {
        let recording = try Recording.of(version)
        let recorded = Set(recording.snapshots.flatMap(\.keys).map(\.key.bytes))
        var expected = [
            keys.queues, keys.queue("default"), keys.finished("default"), keys.failed("default"),
            keys.deferred("default"), keys.scheduled("default"), keys.canceled("default"),
            keys.wip("slow"), keys.workers, keys.workers("slow"), keys.worker("fixture-long"),
            keys.dependents("fails"), keys.dependencies("waits"), keys.results("returns"),
        ]
        if !version.hasPrefix("1.") { expected += [keys.groups, keys.group(Array("batch".utf8))] }
        if version.hasPrefix("3.") {
            let limit = Array("api".utf8)
            expected += [
                keys.rateLimits, keys.rateLimit(limit), keys.rateLimitAllowed(limit),
                keys.rateLimitWaiting(limit), keys.workerExecutions("fixture-long"),
                keys.cleanGroups,
            ]
        }
        for key in expected {
            #expect(recorded.contains(key), "\(String(decoding: key, as: UTF8.self))")
        }
    }

    @Test(arguments: Recording.versions)
    func `in sets of keys lead back to their names`(version: String) throws {
        let snapshot = try Recording.of(version).snapshot("running")
        let workers = try #require(snapshot.entry(keys.workers).set)
        #expect(workers.map { keys.workerName(ofKey: $0.bytes) } == ["fixture-long"])
        let queues = try #require(snapshot.entry(keys.queues).set)
        #expect(queues.map { keys.queueName(ofKey: $0.bytes) } == ["slow"])
    }

    /// Every key that can exist, by the names rq reports, and its type.
    private func knownKeys(of snapshot: Recording.Snapshot) throws -> [[UInt8]: String] {
        let limit = Array("api".utf8)
        var known: [[UInt8]: String] = [
            keys.queues: "set", keys.workers: "set", keys.groups: "set",
            keys.group(Array("batch".utf8)): "set", keys.cleanGroups: "string",
            keys.rateLimits: "set", keys.rateLimit(limit): "hash",
            keys.rateLimitAllowed(limit): "zset", keys.rateLimitWaiting(limit): "zset",
        ]
        let workers = ["fixture-worker", "fixture-json", "fixture-long"].map { WorkerName($0) }
        for worker in workers {
            known[keys.worker(worker)] = "hash"
            known[keys.workerExecutions(worker)] = "set"
        }
        for queue in ["default", "high prio", "json", "slow"].map({ QueueName($0) }) {
            known[keys.queue(queue)] = "list"
            known[keys.intermediate(queue)] = "list"
            known[keys.workers(queue)] = "set"
            known[keys.cleanRegistries(queue)] = "string"
            let registries = [
                keys.wip(queue), keys.finished(queue), keys.failed(queue), keys.deferred(queue),
                keys.scheduled(queue), keys.canceled(queue), keys.ready(queue),
            ]
            for registry in registries { known[registry] = "zset" }
        }
        for job in snapshot.jobs.map({ JobID($0.id) }) {
            known[keys.job(job)] = "hash"
            known[keys.dependents(job)] = "set"
            known[keys.dependencies(job)] = "set"
            known[keys.results(job)] = "stream"
            known[keys.executions(job)] = "zset"
        }
        for run in snapshot.executions {
            known[keys.execution(JobID(run.jobId), ExecutionID(run.id))] = "hash"
        }
        return known
    }
}
