import RedisKit
import TestSupport
import Testing

@Suite struct PriorityTests {
    @Test func `one worker takes all of the first queue, then all of the second, then the third`()
        throws
    {
        let daemon = try Application.daemon(queues: ["high", "default", "low"])
        var calls: [Call] = []
        for number in 0..<5 {
            for queue in ["low", "default", "high"] {
                let name = "\(queue)-\(number)"
                calls.append(Call(name, "work.note", .text(name), queue: queue))
            }
        }
        try Script(.rq3_0, on: daemon).enqueue(calls)
        try daemon.explain {
            try daemon.start()
            try daemon.waitFor("finished", of: "low-4")
            let order = try daemon.redis("LRANGE", "test:order", "0", "-1").array?
                .compactMap(\.text)
            let expected = ["high", "default", "low"].flatMap { queue in
                (0..<5).map { "\(queue)-\($0)" }
            }
            try #require(order == expected)
        }
    }

    @Test func `a pool that takes turns takes one of each queue`() throws {
        let queues = ["high", "default", "low"]
        let daemon = try Application.daemon(
            queues: queues, pool: "dequeue_strategy = \"round_robin\"")
        let names = queues.flatMap { queue in (0..<4).map { (queue, "\(queue)-\($0)") } }
        try Script(.rq3_0, on: daemon).enqueue(
            names.map { Call($1, "work.note", .text($1), queue: $0) })
        try daemon.explain {
            try daemon.start()
            try daemon.waitFor("finished", of: "low-3")
            let order = try daemon.redis("LRANGE", "test:order", "0", "-1").array?
                .compactMap(\.text)
            try #require(order == (0..<4).flatMap { turn in queues.map { "\($0)-\(turn)" } })
        }
    }
}
