import RedisKit
import TestSupport
import Testing

/// The process that imports the application is a plain one, as under `rq worker`.
@Suite struct ApplicationProcessTests {
    @Test(arguments: ["fork", "spawn", "forkserver"])
    func `a job starts processes with each start method`(method: String) throws {
        let server = try RedisServer()
        let script = Script(release: .rq3_0, url: server.url)
        try script.enqueue(Call("a", "starts.pooled", .text(method)))
        let told = try Application.burst(.rq3_0, on: server)
        #expect(try script.report("a").value == "[0, 1, 4, 9]", "\(told)")
    }

    @Test func `the program is rq worker, its own modules come first, and main is empty`() throws {
        let server = try RedisServer()
        let script = Script(release: .rq3_0, url: server.url)
        try script.enqueue(Call("a", "starts.program"))
        try Application.burst(.rq3_0, on: server)
        let expected = "['rq', ['worker'], '\(Application.directory)', []]"
        #expect(try script.report("a").value == expected)
    }

    @Test func `what a job's thread sends after its end arrives, unless that is switched off`()
        throws
    {
        for (timeout, arrived) in [("10s", ["late"]), ("0s", [])] {
            let server = try RedisServer()
            try Script(release: .rq3_0, url: server.url).enqueue(
                Call("a", "starts.send_later", .text(server.url)))
            try Application.burst(
                .rq3_0, on: server, environment: ["RQD_PYTHON_FLUSH_TIMEOUT": timeout])
            let sent = try server.connect().call(Command("LRANGE", "sent", "0", "-1")).array?
                .compactMap(\.text)
            #expect(sent == arrived)
        }
    }

    @Test func `no job is forked from the middle of an import by another thread`() throws {
        let daemon = try Application.daemon(
            pool: "[pool.default.python]\npreload = [\"slow_start\"]")
        try daemon.explain {
            try daemon.start()
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(Call("a", "slow_start.look"))
            try daemon.waitFor("finished", of: "a")
            try #require(try script.report("a").value == "'ready'")
        }
    }
}
