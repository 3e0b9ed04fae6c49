import RQ
import RedisKit
import TestSupport
import Testing

struct ChangeTests {
    private let bench: ClientBench
    private var queue: Queue { bench.queue }

    init() throws { bench = try ClientBench() }

    private func make(_ id: JobID, _ change: (inout JobOptions) -> Void = { _ in }) throws -> Job {
        var options = JobOptions(id: id)
        change(&options)
        return try queue.enqueue("tasks.echo", 1, options: options)
    }

    @Test func `a canceled job is in no queue and does not run`() throws {
        let job = try make("a")
        try job.cancel()
        #expect(try queue.ids() == [])
        #expect(try queue.registry(.canceled).ids() == ["a"])
        #expect(throws: ClientError.refused("a", doing: "cancel", status: .canceled)) {
            try job.cancel()
        }
        #expect(try bench.python("print(Job.fetch('a', r).is_canceled, end='')") == "True")
        try queue.registry(.canceled).requeue("a")
        #expect(try job.status() == .queued)
    }

    @Test func `canceling lets the dependents run, if told so`() throws {
        let parent = try make("a")
        _ = try make("b") { $0.dependency = Dependency(["a"]) }
        try parent.cancel(enqueuingDependents: true)
        #expect(try queue.ids() == ["b"])
        #expect(try queue.registry(.deferred).count() == 0)
        #expect(try Job.fetch("b", on: bench.client).status() == .queued)
    }

    @Test func `a canceled dependent can be taken off its parent's list`() throws {
        let parent = try make("a")
        let child = try make("b") { $0.dependency = Dependency(["a"]) }
        try child.cancel(leavingDependencies: true)
        #expect(try parent.dependentIDs() == [])
        #expect(try queue.registry(.deferred).count() == 0)
    }

    @Test func `deleting leaves nothing but the queue's name`() throws {
        let parent = try make("a") { $0.group = "g" }
        let child = try make("b") { $0.dependency = Dependency(["a"]) }
        #expect(try bench.ask("SMEMBERS", "rq:group:g").array?.count == 1)
        #expect(try parent.delete(deletingDependents: true))
        #expect(try !parent.delete())
        #expect(throws: ClientError.noSuchJob("b")) { try child.status() }
        #expect(try bench.keys() == ["rq:groups", "rq:queues"])
    }

    @Test func `a queue is emptied, and deleted`() throws {
        for number in 0..<2500 { _ = try make(JobID("j\(number)")) }
        #expect(try Queue.all(on: bench.client).map(\.name) == ["default"])
        #expect(try queue.count() == 2500)
        #expect(try queue.empty() == 2500)
        #expect(try bench.keys() == ["rq:queues"])
        _ = try make("last")
        try queue.delete(deletingJobs: false)
        #expect(try bench.keys() == ["rq:job:last"])
    }

    @Test func `places in a queue`() throws {
        for id in ["a", "b", "c"] { _ = try make(JobID(id)) }
        let front = try make("d") { $0.isAtFront = true }
        #expect(try queue.ids() == ["d", "a", "b", "c"])
        #expect(try queue.ids(from: 1, limit: 2) == ["a", "b"])
        #expect(try front.position() == 0)
        #expect(try queue.position(of: "c") == 3)
        #expect(try queue.remove("c"))
        #expect(try !queue.remove("c"))
        #expect(try queue.position(of: "c") == nil)
        #expect(try queue.jobs().map(\.id) == ["d", "a", "b"])
    }

    @Test func `a unique job is refused while there is one, and nothing else is done`() throws {
        _ = try make("a") { $0.isUnique = true }
        let requests = ["b", "a"].map { id in
            JobRequest(Call("f"), options: JobOptions(id: JobID(id), isUnique: true))
        }
        #expect(throws: ClientError.duplicateJob("a")) { try queue.enqueueMany(requests) }
        #expect(try queue.ids() == ["a"])
        #expect(try !Job.exists("b", on: bench.client))
    }

    @Test(arguments: [
        JobOptions(id: "a.b"), JobOptions(id: ""), JobOptions(ttl: .zero),
        JobOptions(retry: Retry(max: 0)), JobOptions(retry: Retry(max: 1, intervals: [])),
        JobOptions(retry: Retry(max: 1, intervals: [-1])),
        JobOptions(repetition: Repetition(times: 0)), JobOptions(dependency: Dependency([])),
        JobOptions(isUnique: true), JobOptions(group: ""),
        JobOptions(rateLimit: RateLimit(key: "", concurrency: 1)),
        JobOptions(webhooks: [Webhook(url: "ftp://x", event: .failed)]),
    ])
    func `an option that cannot be used is refused`(options: JobOptions) throws {
        #expect(throws: ClientError.self) { try queue.enqueue("f", options: options) }
        #expect(try bench.keys() == [])
    }

    @Test func `a dependency and a time exclude each other`() throws {
        let options = JobOptions(dependency: Dependency(["a"]))
        #expect(throws: ClientError.unusable("dependency", "cannot be combined with a time")) {
            try queue.enqueue(after: .seconds(1), "f", options: options)
        }
    }

    @Test func `failed jobs go back, those that are not there are told`() throws {
        let job = try make("a")
        #expect(throws: ClientError.refused("a", doing: "requeue", status: .queued)) {
            try job.requeue()
        }
        _ = try bench.ask("ZADD", "rq:failed:default", "-1", "gone")
        #expect(try queue.registry(.failed).ids() == ["gone"])
        #expect(throws: ClientError.noSuchJob("gone")) {
            try queue.registry(.failed).requeue("gone")
        }
        #expect(try queue.registry(.failed).count() == 0)
    }

    @Test func `a job that waits again does not expire by its last run's lifetime`() throws {
        let job = try make("a")
        for step in ["requeue", "enqueue"] {
            _ = try bench.ask("ZADD", "rq:failed:default", "-1", "a")
            _ = try bench.ask("EXPIRE", "rq:job:a", "100")
            if step == "requeue" { try job.requeue() } else { _ = try make("a") }
            #expect(try bench.ask("TTL", "rq:job:a").integer == -1)
        }
    }

    @Test func `a deferred job that is put into its queue is not queued again`() throws {
        let parent = try make("a")
        _ = try make("b") { $0.dependency = Dependency(["a"]) }
        try queue.registry(.deferred).requeue("b")
        try parent.cancel(enqueuingDependents: true)
        #expect(try queue.ids() == ["b"])
    }

    @Test func `more jobs than one step can take are refused`() throws {
        let requests = Array(repeating: JobRequest(Call("f")), count: 30_000)
        #expect(throws: ClientError.unusable("requests", "are too many for one step: 30000")) {
            try queue.enqueueMany(requests)
        }
        #expect(try bench.keys() == [])
    }

    @Test func `a queue whose key is no list is an error`() throws {
        _ = try bench.ask("SET", "rq:queue:default", "x")
        #expect(throws: ClientError.self) { try make("a") }
    }

    @Test func `what has expired is not counted`() throws {
        _ = try bench.ask("ZADD", "rq:finished:default", "5", "old", "+inf", "kept")
        _ = try bench.ask("ZADD", "rq:failed:default", "5", "old", "-1", "kept")
        for kind in [Registry.Kind.finished, .failed] {
            #expect(try queue.registry(kind).count() == 1)
            #expect(try queue.registryCounts()[kind] == 1)
            #expect(try queue.registry(kind).ids() == ["kept"])
        }
        #expect(try queue.registry(.finished).ids(limit: 0) == [])
    }

    @Test func `notes are saved, but not for a job that is gone`() throws {
        var job = try make("a")
        try job.save(meta: ["done": 0.5])
        #expect(try job.meta() == ["done": 0.5])
        #expect(try bench.python("print(Job.fetch('a', r).meta, end='')") == "{'done': 0.5}")
        try job.delete()
        #expect(throws: ClientError.noSuchJob("a")) { try job.save(meta: ["done": 1]) }
        #expect(throws: ClientError.noSuchJob("a")) { try job.refresh() }
        #expect(try bench.keys() == ["rq:queues"])
    }

    @Test func `workers are suspended for a while or until they are resumed`() throws {
        #expect(try !bench.client.isSuspended())
        try bench.client.suspend(for: .seconds(100))
        #expect(try bench.client.isSuspended())
        #expect(try bench.ask("TTL", "rq:suspended").integer.map { $0 > 90 } == true)
        try bench.client.suspend()
        #expect(try bench.ask("TTL", "rq:suspended").integer == -1)
        try bench.client.resume()
        #expect(try !bench.client.isSuspended())
    }

    @Test func `groups have their jobs, here and in rq`() throws {
        let job = try make("a") { $0.group = "g" }
        try bench.python(
            """
            from rq.group import Group
            Group.create(r, 'h').enqueue_many(q, [Queue.prepare_data('tasks.echo', job_id='b')])
            print([job.id for job in Group.fetch('g', r).get_jobs()], end='')
            """)
        let groups = try Group.all(on: bench.client)
        #expect(groups.map(\.name) == ["g", "h"])
        #expect(try groups.map { try $0.ids() } == [["a"], ["b"]])
        #expect(try groups[1].jobs().first?.hash.status == .queued)
        try job.delete()
        #expect(try groups[0].jobs().isEmpty)
    }

    @Test func `another prefix is another RQ`() throws {
        let other = Client(try bench.server.connect(), keys: try Keys(prefix: "{x}"))
        try Queue("default", on: other).enqueue("f", options: JobOptions(id: "a"))
        #expect(try bench.keys() == ["{x}:job:a", "{x}:queue:default", "{x}:queues"])
    }

    @Test func `an address without a server, or a wrong one, is told`() {
        #expect(throws: ClientError.self) { _ = try Client(url: "unix:///nowhere/redis.sock") }
        #expect(throws: ClientError.self) { _ = try Client(url: "http://localhost") }
    }
}
