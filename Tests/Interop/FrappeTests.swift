import RedisKit
import TestSupport
import Testing

/// What is particular about the jobs of Frappe, with the release of rq nearest to its own.
@Suite struct FrappeTests {
    private static let queue = "srv-frappe-bench:short"

    @Test func `a job with the names and options of Frappe's runs, and its callback is told`()
        throws
    {
        try Application.run(.rq2_6, queues: [Self.queue]) { daemon in
            let code = """
                from rq import Callback
                queue = Queue('\(Self.queue)', connection=redis)
                for id, method in (('good', 'endings.good'), ('bad', 'endings.bad')):
                    queue.enqueue_call(
                        'endings.execute_job', kwargs={'site': 'erp.example', 'method': method},
                        on_failure=Callback(func='endings.failed'), timeout=300,
                        failure_ttl=604800, result_ttl=600, job_id='erp.example||' + id)
                """
            try PythonConsole.of(.rq2_6).run(code, redis: daemon.server.url)
            try daemon.waitFor("failed", of: "erp.example||bad")
            let facts = try Script(.rq2_6, on: daemon).report("erp.example||good")
            #expect((facts.status, facts.value) == ("finished", "1"))
            let told = try daemon.redis("LRANGE", "told", "0", "-1").array?.compactMap(\.text)
            #expect(told == ["failed erp.example||bad no failed"])
        }
    }
}
