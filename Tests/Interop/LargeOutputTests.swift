import Glibc
import RedisKit
import TestSupport
import Testing

/// Fifty million bytes, printed or returned.
@Suite struct LargeOutputTests {
    private static let size = 50_000_000

    @Test(arguments: [
        Call("one-line", "misdeeds.print_one_line", .number(size)),
        Call("lines", "misdeeds.print_lines", .number(size / 1000), 1000),
    ])
    func `a job that prints fifty megabytes is logged whole by a worker that stays small`(
        call: Call
    ) throws {
        try Application.run(pool: "output_limit = 0") { daemon in
            let worker = try daemon.process("rqd: worker default/0")
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(call, Call("good", "work.good"))
            try daemon.waitFor("finished", of: "good", within: .seconds(60))
            try #require(try daemon.status(of: call.id) == "finished")
            let written = daemon.log.utf8.count
            #expect(written > Self.size && written < Self.size * 2)
            #expect(worker.isAlive)
            #expect(try peakMemoryBytes(of: worker.pid) < 64 << 20)
        }
    }

    @Test func `fifty megabytes returned are kept whole`() throws {
        try Application.run { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(
                Call("big", "misdeeds.return_bytes", .number(Self.size)),
                Call("good", "work.good"))
            try daemon.waitFor("finished", of: "good", within: .seconds(60))
            let facts = try script.report("big")
            #expect(facts.status == "finished")
            #expect(facts.length == Self.size)
            #expect(facts.value?.hasPrefix("b'zzzz") == true)
        }
    }

    private func peakMemoryBytes(of pid: pid_t) throws -> Int {
        let status = String(decoding: try readFile("/proc/\(pid)/status"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kibibytes = try #require(line.split { !$0.isNumber }.first.flatMap { Int($0) })
        return kibibytes * 1024
    }
}
