import TestSupport
import Testing

/// What each release of rq reads of the results that rqd leaves.
@Suite struct ReaderTests {
    /// Jobs that end in every way that all releases know.
    private static let jobs = """
        from rq.job import Callback, Retry
        queue = Queue(connection=redis)
        def call(name, function, *arguments, **options):
            queue.enqueue(function, *arguments, job_id=name, **options)
        call('value', 'work.add', 1, 2, result_ttl=-1)
        call('none', 'work.nothing')
        call('odd', 'misdeeds.return_a_function')
        call('gone', 'work.add', 1, 2, result_ttl=0)
        call('raises', 'work.fail', 'no luck', failure_ttl=1000)
        call('retried', 'work.fail', 'never', retry=Retry(max=2))
        call('killed', 'misdeeds.kill_itself', 9)
        """

    private static let reading = """
        from rq.job import Job
        def told(result):
            text = (result.exc_string or '').strip().splitlines()[-1:]
            return result.type.name, result.return_value, text
        for name in ('value', 'none', 'odd', 'raises', 'retried', 'killed'):
            job = Job.fetch(name, connection=redis)
            results = job.results()
            assert job.latest_result().created_at.year > 2000
            assert job.return_value() == results[0].return_value, name
            print(name, job.get_status(), len(results), told(results[0]))
        print(Job.exists('gone', connection=redis))
        """

    private static let read = """
        value finished 1 ('SUCCESSFUL', 3, [])
        none finished 1 ('SUCCESSFUL', None, [])
        odd finished 1 ('SUCCESSFUL', 'Unserializable return value', [])
        raises failed 1 ('FAILED', None, ['ValueError: no luck'])
        retried failed 1 ('FAILED', None, ['ValueError: never'])
        killed failed 1 ('FAILED', None, ['Work-horse terminated unexpectedly; it was killed by \
        SIGKILL (signal 9)'])
        False
        """

    @Test(arguments: PythonEnvironment.Release.allCases)
    func `every rq reads the results of jobs of every rq`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        try PythonConsole.of(release).run(Self.jobs, redis: server.url)
        try Application.burst(release, on: server)
        for reader in PythonEnvironment.Release.allCases {
            let told = try PythonConsole.of(reader).run(Self.reading, redis: server.url)
            let plain = told.replacing("JobStatus.", with: "").lowercased()
            #expect(plain == Self.read.lowercased(), "read by \(reader)")
        }
    }

    @Test(arguments: [PythonEnvironment.Release.rq3_0, .rq2_12])
    func `granted and refused retries are read as what they are`(
        release: PythonEnvironment.Release
    ) throws {
        let server = try RedisServer()
        try PythonConsole.of(release).run(
            "Queue(connection=redis).enqueue('endings.ask_again', job_id='j')", redis: server.url)
        try Application.burst(release, on: server)
        let told = try PythonConsole.of(release).run(
            """
            job = rq.job.Job.fetch('j', connection=redis)
            print([result.type.name for result in job.results()], job.is_failed)
            print(type(job.results()[1].return_value).__name__, job.number_of_retries)
            """, redis: server.url)
        #expect(told == "['MAX_RETRIES_EXCEEDED', 'RETRIED'] True\nRetry 1")
    }
}
