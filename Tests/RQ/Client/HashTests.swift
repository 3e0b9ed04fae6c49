import RQ
import RedisKit
import TestSupport
import Testing

/// The same jobs made by this library and by rq must leave the same in Redis.
struct HashTests {
    private static let requests: [JobRequest] = {
        let arguments: [PlainValue] = [
            1, "two", ["x": [1, 2.5, nil]], .tuple([true, .bytes([255])]),
            .string(String(repeating: "long ", count: 30)),
        ]
        func call(_ id: JobID, _ change: (inout JobOptions) -> Void = { _ in }) -> JobRequest {
            var options = JobOptions(id: id)
            change(&options)
            return JobRequest(Call("tasks.echo", [.integer(1)]), options: options)
        }
        var arguments1 = call("args")
        arguments1.call = Call("tasks.echo", arguments, keywords: ["b": "é'", "a": nil])
        return [
            call("plain"), arguments1,
            call("times") {
                $0.timeout = .after(.seconds(30))
                $0.resultTTL = .keep(.seconds(10))
                $0.failureTTL = .keep(.seconds(20))
                $0.ttl = .seconds(40)
            },
            call("ends") {
                $0.timeout = .never
                $0.resultTTL = .forever
                $0.failureTTL = .discard
            },
            call("words") {
                $0.description = "a test"
                $0.meta = ["n": 1, "list": [1, 2]]
            },
            call("retry") {
                $0.retry = Retry(max: 3, intervals: [1, 2, 3], enqueuesAtFront: true)
            },
            call("repeat") { $0.repetition = Repetition(times: 2, intervals: [5]) },
            call("callbacks") {
                $0.onSuccess = JobCallback(functionName: "tasks.note", timeout: .seconds(5))
                $0.onFailure = JobCallback(functionName: "tasks.note")
                $0.onStopped = JobCallback(functionName: "tasks.note")
            },
            call("child") {
                $0.dependency = Dependency(["plain", "args"], allowsFailure: true)
                $0.ttl = .seconds(40)
            },
            call("hooked") {
                $0.webhooks = [
                    Webhook(url: "http://localhost/a", event: .finished),
                    Webhook(
                        url: "http://localhost/b", event: .failed, method: .post,
                        headers: ["x": "y"], timeoutSeconds: 3),
                ]
            },
            call("front") { $0.isAtFront = true },
            call("alone") { $0.isUnique = true },
        ]
    }()

    /// rq's own way to the same jobs, in another database, and a comparison of the two.
    private static let comparison = """
        from rq import Repeat
        from rq.webhook import Webhook
        o = Redis.from_url(sys.argv[1].replace('db=0', 'db=1'))
        p = Queue('default', connection=o)
        def job(id, *a, **k):
            return p.enqueue('tasks.echo', *(a or (1,)), job_id=id, **k)
        job('plain')
        p.enqueue('tasks.echo', job_id='args', args=(1, 'two', {'x': [1, 2.5, None]},
            (True, b'\\xff'), 'long ' * 30), kwargs={'b': "é'", 'a': None})
        job('times', job_timeout=30, result_ttl=10, failure_ttl=20, ttl=40)
        job('ends', job_timeout=-1, result_ttl=-1, failure_ttl=0)
        job('words', description='a test', meta={'n': 1, 'list': [1, 2]})
        job('retry', retry=Retry(3, [1, 2, 3], enqueue_at_front=True))
        job('repeat', repeat=Repeat(2, 5))
        job('callbacks', on_success=Callback('tasks.note', 5), on_failure=Callback('tasks.note'),
            on_stopped=Callback('tasks.note'))
        job('child', depends_on=Dependency(['plain', 'args'], allow_failure=True), ttl=40)
        job('hooked', webhooks=[Webhook('http://localhost/a', 'finished'),
            Webhook('http://localhost/b', 'failed', method='POST', headers={'x': 'y'}, timeout=3)])
        job('front', at_front=True)
        job('alone', unique=True)

        times = {b'created_at', b'enqueued_at'}
        def value(c, key):
            kind = c.type(key)
            if kind == b'list': return c.lrange(key, 0, -1)
            if kind == b'set': return sorted(c.smembers(key))
            if kind == b'zset': return [m for m, s in c.zrange(key, 0, -1, withscores=True)]
            h = c.hgetall(key)
            for f in times & set(h): h[f] = len(h[f])
            h[b'data'] = pickle.loads(zlib.decompress(h[b'data']))
            if b'meta' in h: h[b'meta'] = pickle.loads(h[b'meta'])
            if b'webhooks' in h: h[b'webhooks'] = json.loads(h[b'webhooks'])
            return h
        for key in sorted(set(r.keys()) | set(o.keys())):
            a, b = value(r, key) if r.exists(key) else None, value(o, key) if o.exists(key) else None
            if a != b: print(key, a, b)
            if abs(r.ttl(key) - o.ttl(key)) > 5: print(key, r.ttl(key), o.ttl(key))
        print(len(o.keys()), end='')
        """

    @Test(arguments: [PythonEnvironment.Release.rq3_0, .rq2_12])
    func `every option leaves in Redis what rq leaves`(
        release: PythonEnvironment.Release
    ) throws {
        let bench = try ClientBench()
        for request in Self.requests { try bench.queue.enqueue(request) }
        #expect(try bench.python(Self.comparison, release: release) == "18")
    }

    @Test func `all in one step leaves the same`() throws {
        let bench = try ClientBench()
        let jobs = try bench.queue.enqueueMany(Self.requests)
        #expect(jobs.map(\.id) == Self.requests.compactMap(\.options.id))
        #expect(try bench.python(Self.comparison) == "18")
    }

    @Test func `a job as it was made is the job that is read`() throws {
        let bench = try ClientBench()
        for request in Self.requests {
            let made = try bench.queue.enqueue(request)
            let read = try Job.fetch(made.id, on: bench.client)
            #expect(made.hash.status == read.hash.status)
            #expect(made.hash.fields["data"] == read.hash.fields["data"])
            #expect(try read.call() == request.call)
            #expect(try read.meta() == request.options.meta)
        }
    }

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `what rq made is read`(release: PythonEnvironment.Release) throws {
        let bench = try ClientBench()
        try bench.python(
            """
            q.enqueue('tasks.echo', 1, 'é', to={'a': (1, 2)}, job_id='j', meta={'n': [1]},
                retry=Retry(3, [1, 2]), job_timeout='1m', description='words')
            """, release: release)
        let job = try Job.fetch("j", on: bench.client)
        let call = try job.call()
        #expect(
            call == Call("tasks.echo", [1, "é"], keywords: ["to": ["a": .tuple([1, 2])]]))
        #expect(call.description == "tasks.echo(1, 'é', to={'a': (1, 2)})")
        #expect(try job.meta() == ["n": [1]])
        #expect(try job.hash.timeout == .after(.seconds(60)))
        #expect(try job.hash.retryIntervals == [.seconds(1), .seconds(2)])
        #expect(job.hash.description == "words")
        #expect(try job.status() == .queued)
        #expect(try job.position() == 0)
    }
}
