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
}
