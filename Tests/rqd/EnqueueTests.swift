import RedisKit
import TestSupport
import Testing

struct EnqueueTests {
    /// What `rq` and `rqd` are both told.
    private static let lines: [[String]] = [
        ["app.f"],
        ["app.f", "text", "1", ":1", ":2.5", ":null", ":[1, \"é\"]", "name=x", "other=a=b"],
        ["app.f", "json:={\"a\": [true]}", "lit%=(1, 'x')", "=x", "a:b=1", "a:b:=1", "a%b%=2"],
        ["app.f", "@body.txt", "%@lit.txt", "k=@body.txt", "j:=@json.txt", "x@y"],
        [
            "app.f", "%None", "%True", "%-1", "%+1.5", "%.5", "%1.", "%1e3", "%1_000", "%0xff",
            "%0o17",
        ],
        [
            "app.f", "%'a' \"b\"", "%'''x\ny'''", "%r'\\n'", "%b'\\xff'", "%'\\u00e9\\t\\101\\q'",
            "%u'x'",
        ],
        [
            "app.f", "%()", "%(1,)", "%1, 2", "%[1, [2,],]", "%{}", "%{1: 2, 'a': (3,), 1: 4}",
            "%{5}", "%set()",
        ],
        ["app.f", "% ( 1 ,\n 2 ) # two", "%0b101", "%00", "%-(2)", "%False"],
        [
            "-q", "high", "--timeout", "10s", "--result-ttl", "-1", "--failure-ttl", "1h", "--ttl",
            "2d", "app.f",
        ],
        ["--timeout", "-1", "--description", "words", "--job-id", "j2", "app.f", "x"],
        ["--retry-max", "3", "--retry-interval", "10", "--retry-interval", "60", "app.f"],
        ["--retry-max", "2", "--at-front", "app.f"],
        ["--schedule-at", "2027-05-27T21:45:00", "--at-front", "app.f"],
        ["--depends-on", "a", "--depends-on", "b", "app.f"],
        ["-S", "json", "app.f", ":{\"a\": 1}", "k=v"],
    ]

    private static let comparison = """
        import json, pickle, sys, zlib
        from redis import Redis
        r, o = (Redis.from_url(u) for u in sys.argv[1:])
        times = {b'created_at', b'enqueued_at'}
        # An absent flag is a false one.
        flags = {b'allow_dependency_failures', b'enqueue_at_front'}
        def read(c, key):
            kind = c.type(key)
            if kind == b'list': return c.lrange(key, 0, -1)
            if kind == b'set': return sorted(c.smembers(key))
            if kind == b'zset':
                return c.zrange(key, 0, -1, withscores=b'scheduled' in key)
            h = c.hgetall(key)
            for f in times & set(h): h[f] = len(h[f])
            for f in flags:
                if h.get(f) == b'0': del h[f]
            data = zlib.decompress(h[b'data'])
            f, i, args, kwargs = json.loads(data) if data[0] == 91 else pickle.loads(data)
            # rq's command makes a list of the arguments, its library a tuple.
            h[b'data'] = repr((f, i, list(args), sorted(kwargs.items())))
            return h
        for key in sorted(set(r.keys()) | set(o.keys())):
            a, b = (read(c, key) if c.exists(key) else None for c in (r, o))
            if a != b: print(key, a, b)
        print(len(r.keys()) > 2, end='')
        """

    @Test(arguments: lines)
    func `the job is the one that rq makes`(line: [String]) throws {
        let bench = try QueueCommandBench()
        try bench.directory.write("body.txt", "a body\n")
        try bench.directory.write("lit.txt", "[1, 'two']\n")
        try bench.directory.write("json.txt", "{\"a\": 1}\n")
        let id = line.contains("--job-id") ? [] : ["--job-id", "j1"]
        if line.contains("--depends-on") {
            for database in 0...1 {
                _ = try bench.rq(["enqueue", "--job-id", "a", "app.f"], database: database)
            }
        }
        let arguments = ["enqueue"] + id + line
        let theirs = try bench.rq(arguments, database: 1)
        #expect(theirs.ending == .exited(code: 0), "\(theirs.errorOutput)")
        let ours = try Program.run(
            arguments, environment: ["RQ_REDIS_URL": bench.server.url, "TZ": "Asia/Kolkata"],
            directory: bench.directory.path)
        #expect(ours.output == theirs.output)
        #expect(ours.errorOutput == "")
        let urls = [bench.server.url, bench.server.url(database: 1)]
        let same = try PythonEnvironment(.rq3_0).run(script: Self.comparison, arguments: urls)
        #expect(same == "True")
    }

    @Test(arguments: [
        ([":{1}"], "argument 1 is not JSON"), (["x", "k:=tru"], "k is not JSON"),
        (["%f()"], "argument 1 is not a Python literal: expected a literal at character 1"),
        (["%__import__('os')"], "is not a Python literal"), (["%1+"], "expected the end"),
        (["%[1"], "expected"), (["%'a"], "expected the end of the string"),
        (["%'a' b'b'"], "bytes and text"), (["%99999999999999999999"], "a number of 64 bits"),
        (["%01"], "a number of 64 bits"), (["%2j"], "a number of 64 bits"), (["%"], "a value"),
        (["%{1: 2, 3}"], "expected \":\""), (["%'\\x1'"], "the code of a character"),
        (["@nowhere.txt"], "nowhere.txt: No such file"), (["k=1", "k=2"], "k is there twice"),
        (["--timeout", "0"], "--timeout takes -1 for no limit"),
        (["--timeout", "soon"], "--timeout takes seconds"), (["--ttl", "0"], "ttl must be"),
        (["--schedule-in", "1", "--schedule-at", "2027-05-27T21:45:00"], "exclude each other"),
        (["--schedule-at", "tomorrow"], "--schedule-at takes a time"),
        (["--schedule-in", "1", "--depends-on", "a"], "dependency cannot be combined"),
        (["--job-id", "a.b"], "id must be letters"), (["-S", "yaml"], "--serializer takes"),
        (["--retry-max", "1", "--retry-interval=-1"], "retry must have intervals"),
    ])
    func `a wrong value is told with status 64, and nothing is enqueued`(
        arguments: [String], message: String
    ) throws {
        let bench = try QueueCommandBench()
        let finished = try Program.run(
            ["enqueue", "app.f"] + arguments, environment: ["RQ_REDIS_URL": bench.server.url],
            directory: bench.directory.path)
        #expect(finished.ending == .exited(code: 64))
        #expect(finished.errorOutput.contains(message), "\(finished.errorOutput)")
        #expect(try bench.ask("DBSIZE").integer == 0)
    }

    @Test func `brackets without end are an error, not a crash`() throws {
        let bench = try QueueCommandBench()
        let deep = String(repeating: "[", count: 20_000)
        let finished = try bench.rqd("enqueue", "app.f", "%\(deep)")
        #expect(finished.ending == .exited(code: 64))
        #expect(finished.errorOutput.contains("too deeply nested"))
    }

    @Test func `quiet says nothing, and a delay is kept`() throws {
        let bench = try QueueCommandBench()
        let finished = try bench.rqd("enqueue", "--quiet", "--schedule-in", "1h", "app.f")
        #expect(finished.output == "")
        #expect(finished.ending == .exited(code: 0))
        let score = try bench.ask("ZRANGE", "rq:scheduled:default", "0", "0", "WITHSCORES")
        let now = try bench.ask("TIME").array?.first?.text.flatMap(Int.init) ?? 0
        let due = score.array?.last?.text.flatMap(Int.init) ?? 0
        #expect((3590...3600).contains(due - now))
    }
}
