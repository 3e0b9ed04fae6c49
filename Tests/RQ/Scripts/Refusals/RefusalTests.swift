import RedisKit
import TestSupport
import Testing

@testable import RQ

/// Scripts that are refused a command, whichever it is: nothing has happened, or everything.
@Suite struct RefusalTests {
    /// What was tried, for the line at the end.
    private struct Count {
        var scripts: Set<String> = []
        var calls = 0
        var runs: [String: Int] = [:]
    }

    /// Whether a run that went wrong left "nothing happened", with an error that names the command
    /// and the key, or "all happened".
    private func check(
        _ name: String, _ reply: (error: String?, isPartial: Bool?), _ left: DatabaseDump,
        before: DatabaseDump, after: DatabaseDump, named: String? = nil
    ) {
        let expected = reply.error == nil ? after : before
        let differences = left.differences(from: expected)
        #expect(differences.isEmpty, "\(name): \(reply.error ?? "done")")
        guard let error = reply.error else { return }
        #expect(!error.contains("not taken back"), "\(name): \(error)")
        if let named { #expect(error.contains(named), "\(name): \(error)") }
    }

    @Test func `whatever a script is refused, nothing has happened or everything has`() throws {
        var count = Count()
        let bench = try ScriptBench()
        let operatorLink = try bench.server.connect()
        for scenario in RefusalScenario.all {
            let trial = try RefusalBench(scenario, on: bench)
            let before = try trial.dump()
            try trial.reset()
            let calls = try trial.watch()
            let after = try trial.dump()
            count.scripts.insert(trial.request.script.name)
            count.calls += calls.count
            try refuseEachCall(trial, scenario, calls, before, after, &count)
            try refuseCommands(trial, scenario, calls, before, after, operatorLink, &count)
            try refuseKeys(trial, scenario, calls, before, after, operatorLink, &count)
            try refuseMemory(trial, scenario, before, after, operatorLink, &count)
        }
        #expect(count.scripts.count == 33)
        print(
            "refusals: \(count.scripts.count) scripts, \(RefusalScenario.all.count) ways through them,"
                + " \(count.calls) calls; \(count.runs.sorted { $0.key < $1.key })")
    }

    @Test func `keys that hold other data lose no job, and what is left out is told`() throws {
        let bench = try ScriptBench()
        var (runs, refused, told) = (0, 0, 0)
        for scenario in RefusalScenario.all {
            let trial = try RefusalBench(scenario, on: bench)
            try trial.reset()
            let calls = try trial.watch()
            let usual = try trial.dump()
            for key in Set(calls.map(\.key)).filter({ $0.hasPrefix("rq:") }).sorted() {
                try trial.reset()
                let kind = try bench.ask("TYPE", key)
                try bench.given(
                    "DEL \(key)", kind == "string" ? "RPUSH \(key) other" : "SET \(key) other")
                let before = try trial.dump()
                let reply = try trial.run()
                let left = try trial.dump()
                let name = "\(scenario), \(key) is no \(kind): \(reply.error ?? "done")"
                runs += 1
                #expect(left.lost.subtracting(before.lost).isSubset(of: usual.lost), "\(name)")
                if reply.error != nil {
                    refused += 1
                    #expect(left.differences(from: before).isEmpty, "\(name)")
                } else if reply.isPartial != false {
                    told += 1
                } else if !key.hasPrefix("rq:job:"), kind != "none" {
                    // Not even looked at, or to be deleted whatever it holds.
                    let differences = left.without(key).differences(from: usual.without(key))
                    #expect(differences.isEmpty, "\(name)")
                }
            }
        }
        print("other data: \(runs) runs, \(refused) refused, \(told) done but for a key")
    }

    /// One call after the other is refused, whatever it is.
    private func refuseEachCall(
        _ trial: RefusalBench, _ scenario: RefusalScenario, _ calls: [RefusalBench.Call],
        _ before: DatabaseDump, _ after: DatabaseDump, _ count: inout Count
    ) throws {
        for (index, call) in calls.enumerated() {
            try trial.reset()
            let reply = try trial.run(refusing: index + 1)
            check(
                "\(scenario), call \(index + 1) \(call.command) \(call.key)", reply,
                try trial.dump(), before: before, after: after,
                named: "NOPERM made up (\(call.command) \(call.key))")
            count.runs["each call", default: 0] += 1
        }
    }

    /// The user has not the right to one of the commands.
    private func refuseCommands(
        _ trial: RefusalBench, _ scenario: RefusalScenario, _ calls: [RefusalBench.Call],
        _ before: DatabaseDump, _ after: DatabaseDump, _ server: Connection, _ count: inout Count
    ) throws {
        for command in Set(calls.map(\.command)).sorted() {
            try trial.reset()
            try server.call(
                Command("ACL", "SETUSER", "default", .text("-\(command.lowercased())")))
            let reply = try trial.run()
            try server.call(Command("ACL", "SETUSER", "default", "+@all"))
            check(
                "\(scenario), without \(command)", reply, try trial.dump(), before: before,
                after: after, named: command)
            if let error = reply.error { #expect(error.hasPrefix("NOPERM "), "\(error)") }
            count.runs["right to a command", default: 0] += 1
        }
    }

    /// The user has not the right to one of the keys.
    private func refuseKeys(
        _ trial: RefusalBench, _ scenario: RefusalScenario, _ calls: [RefusalBench.Call],
        _ before: DatabaseDump, _ after: DatabaseDump, _ server: Connection, _ count: inout Count
    ) throws {
        let keys = Set(calls.map(\.key)).filter { $0.hasPrefix("rq:") }
        for key in keys.sorted() {
            try trial.reset()
            var rule = Command("ACL", "SETUSER", "default", "resetkeys")
            for other in keys where other != key { rule.append(.text("~\(other)")) }
            try server.call(rule)
            let reply = try trial.run()
            try server.call(Command("ACL", "SETUSER", "default", "allkeys"))
            check(
                "\(scenario), without the key \(key)", reply, try trial.dump(), before: before,
                after: after)
            count.runs["right to a key", default: 0] += 1
        }
    }

    /// The server has no memory left.
    private func refuseMemory(
        _ trial: RefusalBench, _ scenario: RefusalScenario, _ before: DatabaseDump,
        _ after: DatabaseDump, _ server: Connection, _ count: inout Count
    ) throws {
        try trial.reset()
        try server.call(Command("CONFIG", "SET", "maxmemory", "1"))
        let reply = try trial.run()
        try server.call(Command("CONFIG", "SET", "maxmemory", "0"))
        check(
            "\(scenario), without memory", reply, try trial.dump(), before: before, after: after)
        count.runs["memory", default: 0] += 1
    }
}
