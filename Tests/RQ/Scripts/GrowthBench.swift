import RQ
import RedisKit
import Testing

/// Measuring what a step costs on a server that holds very much.
extension ScriptBench {
    static let many = 100_000
    /// A budget of 1000 calls, and what the last thing looked at may cost beyond it.
    private static let mostCalls = 2500

    /// Runs statements on the server with `i` from 1 to 100,000, and `e`, an execution of that number.
    func fill(_ statements: String) throws {
        for start in stride(from: 1, through: Self.many, by: 10_000) {
            let script = """
                for i = \(start), \(start + 9999) do
                  local e = string.format('%032x', i)
                  \(statements)
                end
                """
            try redis.call(Command("EVAL", .text(script), 0), timeout: .seconds(30))
        }
    }

    /// Repeats a step until it says that it is through, at most so often.
    ///
    /// Each makes a bounded number of calls, and none that walks a whole key. The times that the
    /// server measured are printed.
    func expectBounded(
        _ what: String, atMost: Int = 200,
        forbidden: [String] = ["smembers", "hkeys", "hgetall"], _ step: () throws -> Bool
    ) throws {
        let own: Set = ["config", "config|resetstat", "info", "evalsha", "eval"]
        var (steps, worst, longest) = (0, 0, 0)
        var goesOn = true
        while goesOn, steps < atMost {
            try redis.call(Command("CONFIG", "RESETSTAT"))
            goesOn = try step()
            steps += 1
            let stats = try commandStats()
            let calls = stats.filter { !own.contains($0.key) }.map(\.value.calls)
            worst = max(worst, calls.reduce(0, +))
            longest = max(longest, stats["evalsha"]?.micros ?? 0, stats["eval"]?.micros ?? 0)
            for name in forbidden { #expect(stats[name] == nil, "\(what) walks a key: \(name)") }
        }
        print("\(what): \(steps) steps, at most \(worst) calls and \(longest) µs in one")
        #expect(worst > 0 && worst <= Self.mostCalls, "\(what)")
    }

    private func commandStats() throws -> [String: (calls: Int, micros: Int)] {
        let text = try redis.call(Command("INFO", "commandstats")).text ?? ""
        var stats: [String: (calls: Int, micros: Int)] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cmdstat_") {
            let parts = line.dropFirst("cmdstat_".count).split(separator: ":")
            let numbers = parts.last?.split(separator: ",").compactMap { field in
                Int(field.split(separator: "=").last ?? "")
            }
            guard let numbers, numbers.count >= 2, let name = parts.first else { continue }
            stats[String(name)] = (numbers[0], numbers[1])
        }
        return stats
    }

    /// A step of what is left to do; whether there is more.
    func goOn() throws -> Bool {
        try read(worker.resume(at: clock)) { UnfinishedWork.Step($0).goesOn }
    }
}
