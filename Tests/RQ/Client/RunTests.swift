import RQ
import RedisKit
import TestSupport
import Testing

/// Jobs that this library made, run by rq's own worker.
struct RunTests {
    @Test(arguments: PythonEnvironment.Release.allCases)
    func `rq runs them and the results are read`(release: PythonEnvironment.Release) throws {
        let bench = try ClientBench()
        let good = try bench.queue.enqueue(
            "tasks.echo", 1, nil, .tuple([2.5]), keywords: ["name": "é"],
            options: JobOptions(onSuccess: JobCallback(functionName: "tasks.note")))
        let bad = try bench.queue.enqueue("tasks.fail", "no luck")
        #expect(try good.result(waiting: .milliseconds(1)) == nil)
        try bench.work(release: release)
        #expect(
            try good.returnValue()
                == ["args": [1, nil, .tuple([2.5])], "kwargs": ["name": "é"]])
        #expect(try good.result(waiting: .seconds(5))?.type == .successful)
        #expect(try good.status() == .finished)
        #expect(try bench.queue.registry(.finished).ids() == [good.id])
        #expect(try bench.ask("LRANGE", "notes", "0", "-1").array?.count == 1)
        let failure = try #require(try bad.latestResult())
        #expect(failure.type == .failed)
        #expect(try failure.returnValue() == nil)
        #expect(failure.exceptionText?.contains("ValueError: no luck") == true)
        #expect(try bench.queue.registry(.failed).contains(bad.id))
        try bad.requeue(atFront: true)
        #expect(try bench.queue.ids() == [bad.id])
        try bench.work(release: release)
        #expect(try bad.results().count == 2)
    }

    @Test func `JSON works as well`() throws {
        let bench = try ClientBench(serializer: .json)
        let job = try bench.queue.enqueue(
            "tasks.echo", ["a": [1, 2.5, nil]], keywords: ["b": true],
            options: JobOptions(meta: ["n": 1]))
        try bench.work("--serializer", "json")
        #expect(
            try job.returnValue() == ["args": [["a": [1, 2.5, nil]]], "kwargs": ["b": true]])
    }

    @Test func `waiting ends when the result is there`() throws {
        let bench = try ClientBench()
        let worker = try bench.worker()
        let job = try bench.queue.enqueue("tasks.echo", 1)
        let first = try #require(try job.result(waiting: .seconds(20)))
        #expect(try first.returnValue()?["args"] == [1])
        #expect(try job.result(waiting: .milliseconds(20), after: first) == nil)
        worker.kill()
    }

    @Test func `a result that is not plain data is an error, not a crash`() throws {
        let bench = try ClientBench()
        try bench.python("q.enqueue('datetime.datetime.now', job_id='j')")
        try bench.work()
        let job = try Job.fetch("j", on: bench.client)
        #expect(throws: ClientError.self) { try job.returnValue() }
        #expect(try job.latestResult()?.type == .successful)
    }

    @Test func `a chain runs in its order, whichever end is made first`() throws {
        let bench = try ClientBench()
        let jobs = try bench.queue.enqueueMany([
            JobRequest(
                Call("tasks.echo", [2]),
                options: JobOptions(id: "b", dependency: Dependency(["a"]))),
            JobRequest(Call("tasks.echo", [1]), options: JobOptions(id: "a")),
        ])
        #expect(jobs.map(\.hash.status) == [.deferred, .queued])
        #expect(try bench.queue.registry(.deferred).ids() == ["b"])
        #expect(try jobs[1].dependentIDs() == ["b"])
        try bench.work()
        #expect(try jobs.map { try $0.status() } == [.finished, .finished])
    }

    @Test func `a scheduled job runs when its time has come`() throws {
        let bench = try ClientBench()
        let past = Timestamp(epochSeconds: Timestamp.now().epochSeconds - 5)
        let due = try bench.queue.enqueue(at: past, "tasks.echo", 1)
        let later = try bench.queue.enqueue(after: .seconds(3600), "tasks.echo", 2)
        let scheduled = bench.queue.registry(.scheduled)
        #expect(try scheduled.ids() == [due.id, later.id])
        #expect(try scheduled.time(of: due.id) == past)
        try bench.work("--with-scheduler")
        #expect(try due.status() == .finished)
        #expect(try later.status() == .scheduled)
    }

    @Test func `a rate limit lets in as many as it says`() throws {
        let bench = try ClientBench()
        // Those of one second are let in by id.
        let jobs = try ["a", "b", "c", "d", "e"].map { id in
            let limit = RateLimit(key: "k", concurrency: 2)
            return try bench.queue.enqueue(
                "tasks.echo", options: JobOptions(id: JobID(id), rateLimit: limit))
        }
        let statuses: [JobStatus] = [.queued, .queued, .rateLimited, .rateLimited, .rateLimited]
        #expect(jobs.map(\.hash.status) == statuses)
        #expect(try bench.queue.ids() == ["a", "b"])
        try jobs[0].cancel()
        #expect(try bench.queue.ids() == ["b", "c"])
        try jobs[1].delete()
        #expect(try bench.queue.ids() == ["c", "d"])
        try bench.work()
        #expect(try jobs[4].status() == .finished)
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `workers tell what they are and do`(release: PythonEnvironment.Release) throws {
        let bench = try ClientBench()
        let worker = try bench.worker("--name", "w1", "default", "low", release: release)
        let job = try bench.queue.enqueue("tasks.pause", 600)
        try eventually { try WorkerRecord.find("w1", on: bench.client)?.currentJob == job.id }
        let record = try #require(try WorkerRecord.all(on: bench.client, queue: "low").first)
        #expect(record.name == "w1")
        #expect(record.pid == Int(worker.pid))
        #expect(record.queues == ["default", "low"])
        #expect(record.hostname != nil)
        #expect(record.ipAddress != nil)
        #expect(record.version == release.rawValue)
        #expect(record.pythonVersion?.hasPrefix("3.") == true)
        #expect(record.birth != nil)
        #expect(record.lastHeartbeat != nil)
        #expect(record.successfulJobCount == 0)
        #expect(record.failedJobCount == 0)
        #expect(record.totalWorkingTime == .zero)
        try eventually { try WorkerRecord.find("w1", on: bench.client)?.state == .busy }
        #expect(try bench.queue.registry(.started).ids() == [job.id])
        #expect(try bench.queue.registry(.started).contains(job.id))
        #expect(throws: ClientError.self) { try bench.queue.registry(.started).remove(job.id) }
        #expect(try WorkerRecord.count(on: bench.client) == 1)
        #expect(try WorkerRecord.count(on: bench.client, queue: "other") == 0)
        #expect(try WorkerRecord.find("w2", on: bench.client) == nil)
        worker.kill()
    }

    @Test(arguments: [PythonEnvironment.Release.rq3_0, .rq2_12, .rq2_6])
    func `a job tells of its run, and is stopped`(release: PythonEnvironment.Release) throws {
        let bench = try ClientBench()
        let job = try bench.queue.enqueue("tasks.pause", 600)
        #expect(throws: ClientError.refused(job.id, doing: "stop", status: .queued)) {
            try job.stop()
        }
        #expect(try job.executions() == [])
        let worker = try bench.worker("--name", "w1", release: release)
        try eventually { try job.status() == .started }
        let run = try #require(try job.executions().first)
        #expect(run.jobID == job.id)
        #expect(run.id.isHexadecimal)
        #expect(run.hash.workerName == (release == .rq2_6 ? nil : "w1"))
        #expect(try job.stop())
        try eventually { try job.status() == .stopped }
        #expect(try job.latestResult()?.type == .failed)
        try job.delete()
        #expect(throws: ClientError.noSuchJob(job.id)) { try job.stop() }
        #expect(try bench.client.send(.shutdown, to: "w1"))
        #expect(try worker.wait(timeout: .seconds(20)) == .exited(code: 0))
        #expect(try !bench.client.send(.shutdown, to: "w1"))
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `every rq reads what this library made`(release: PythonEnvironment.Release) throws {
        let bench = try ClientBench()
        let parent = try bench.queue.enqueue("tasks.echo", options: JobOptions(id: "parent"))
        try bench.queue.enqueue(
            "tasks.echo", 1, "é", keywords: ["to": ["a": .tuple([1, 2])]],
            options: JobOptions(
                id: "child", description: "words", timeout: .after(.seconds(60)),
                resultTTL: .forever, failureTTL: .keep(.seconds(9)), ttl: .seconds(100),
                dependency: Dependency([parent.id]), meta: ["n": [1]],
                retry: Retry(max: 3, intervals: [1, 2]),
                onSuccess: JobCallback(functionName: "tasks.note")))
        try bench.queue.enqueue(
            at: Timestamp(epochSeconds: 4_000_000_000), "tasks.echo",
            options: JobOptions(id: "later"))
        let told = try bench.python(
            """
            j = Job.fetch('child', connection=r)
            print(j.func_name, j.args, j.kwargs, j.description, j.meta, j.get_status())
            print(j.timeout, j.result_ttl, j.failure_ttl, j.ttl, j.retries_left, j.retry_intervals)
            print(j.dependency.id, list(q.deferred_job_registry.get_job_ids()), j.success_callback)
            s = q.scheduled_job_registry
            print(q.get_job_ids(), s.get_job_ids(), s.get_scheduled_time('later').year, end='')
            """, release: release
        ).replacing("JobStatus.DEFERRED", with: "deferred")
        let lines = told.split(separator: "\n").map(String.init)
        try #require(lines.count == 4, "\(told)")
        #expect(
            lines[0] == "tasks.echo (1, 'é') {'to': {'a': (1, 2)}} words {'n': [1]} deferred")
        #expect(lines[1] == "60 -1 9 100 3 [1, 2]")
        #expect(lines[2].hasPrefix("parent ['child'] <function note at "))
        #expect(lines[3] == "['parent'] ['later'] 2096")
    }
}
