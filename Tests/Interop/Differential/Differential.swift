import FoundationEssentials
import Synchronization
import TestSupport

/// One mix of jobs, run once by `rq worker` and once by rqd, each on a Redis of its own.
///
/// Both with the same release of rq.
struct Differential: Sendable {
    /// What the two left: kind to place to value.
    let rq: [String: [String: String]]
    let rqd: [String: [String: String]]

    /// A kind of job, and the mix it is in.
    struct Kind: CustomStringConvertible, Sendable {
        let release: PythonEnvironment.Release
        let mix: String
        let name: String
        var description: String { "\(release) \(name)" }
    }

    /// All kinds, and `shared` for what belongs to none; of older releases, some.
    static func kinds() throws -> [Kind] {
        try PythonEnvironment.Release.compared.flatMap(kinds)
    }

    private static func kinds(of release: PythonEnvironment.Release) throws -> [Kind] {
        let all = release == .rq3_0 ? ["--list"] : ["--list", "--each"]
        let words = try script(all, release).split(whereSeparator: \.isWhitespace).map(String.init)
        let kinds = stride(from: 0, to: words.count - 1, by: 2).map {
            Kind(release: release, mix: words[$0], name: words[$0 + 1])
        }
        let mixes = kinds.map(\.mix).reduce(into: [String]()) { list, mix in
            if list.last != mix { list.append(mix) }
        }
        return kinds + mixes.map { Kind(release: release, mix: $0, name: "shared") }
    }

    /// Both runs of a mix; they are made once.
    static func of(
        _ mix: String, _ release: PythonEnvironment.Release
    ) throws -> Differential {
        let key = "\(release) \(mix)"
        return try done.withLock { done in
            if let result = done[key] { return result }
            let result = try Differential(mix, release)
            done[key] = result
            return result
        }
    }

    private static let done = Mutex<[String: Differential]>([:])

    /// What workers are told for a mix, in the flags that both have.
    private static let flags = [
        "json": ["--serializer", "rq.serializers.JSONSerializer"],
        "flags": ["--serializer", "classes.OwnSerializer", "--results-ttl", "3000"],
        "handlers": ["first", "second", "third"].flatMap {
            ["--exception-handler", "deeds.\($0)_handler"]
        },
        "after": ["--exception-handler", "deeds.after_handler"],
        "unlisted": ["--disable-default-exception-handler"],
        "turns": ["--dequeue-strategy", "round_robin"],
        "classes": ["--job-class", "classes.OwnJob", "--queue-class", "classes.OwnQueue"],
    ]

    private static let directory = "\(PackageRoot.path)/Tests/Interop/Differential/Python"

    private init(_ mix: String, _ release: PythonEnvironment.Release) throws {
        rq = try Self.run(mix, release, [PythonEnvironment(release).program("rq"), "worker"])
        rqd = try Self.run(mix, release, [BuiltProgram.rqd(), "worker"])
    }

    private static func run(
        _ mix: String, _ release: PythonEnvironment.Release, _ program: [String]
    ) throws -> [String: [String: String]] {
        let server = try RedisServer()
        let common = ["--burst", "--name", "differ", "--url", server.url, "--path", directory]
        let worker = program + common + (flags[mix] ?? [])
        let output = try script([server.url, mix] + worker, release)
        return try JSONDecoder().decode(
            [String: [String: String]].self, from: Data(output.utf8))
    }

    private static func script(
        _ arguments: [String], _ release: PythonEnvironment.Release
    ) throws -> String {
        let python = try PythonEnvironment(release)
        let environment = inheritedEnvironment().merging(Application.environment) { $1 }
            .merging(["VIRTUAL_ENV": python.path]) { $1 }
        let finished = try TestSupport.run(
            [python.python, "\(directory)/differ.py"] + arguments, environment: environment,
            timeout: .seconds(150))
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("differ.py \(finished.ending):\n\(finished.errorOutput)")
        }
        return finished.output
    }
}
