import ArgumentParser
import RQ
import RedisKit
import WorkerPool

/// The options of every command that asks Redis in the place of `rq`.
///
/// Source: RQ 3.0.0, `rq/cli/helpers.py`, `shared_options`.
struct ServerOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The Redis server. (default: $RQ_REDIS_URL, else redis.url of the configuration)")
    var url: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "An rqd.conf, or an RQ settings module. (default: $RQ_CONFIG, else /etc/rqd.conf)",
            valueName: "settings"))
    var config: String?

    @Option(name: [.customShort("S"), .long], help: "How jobs are written: pickle or json.")
    var serializer: String = "pickle"

    // Taken so that a command line of rq's works; no class of Python is used here.
    @Option(name: [.customShort("w"), .long], help: .hidden) var workerClass: String?
    @Option(name: [.customShort("j"), .long], help: .hidden) var jobClass: String?
    @Option(help: .hidden) var queueClass: String?
    @Option(help: .hidden) var connectionClass: String?
    @Option(name: [.customShort("P"), .long], help: .hidden) var path: [String] = []

    private static let serializers: [String: Serializer] = [
        "pickle": .pickle, "rq.serializers.DefaultSerializer": .pickle,
        "rq.serializers.PickleSerializer": .pickle, "json": .json,
        "rq.serializers.JSONSerializer": .json,
    ]

    func validate() throws {
        guard Self.serializers[serializer] != nil else {
            throw ValidationError("--serializer takes pickle or json, not \"\(serializer)\"")
        }
    }

    /// Connects, does something, and says what went wrong.
    ///
    /// - Parameter body: gets the client.
    /// - Throws: 78 for a wrong configuration, 69 if Redis does not answer as it should, 64 for
    ///   a value that cannot be used, 1 for a job that is not in the state for it.
    func withClient(_ body: (Client) throws(ClientError) -> Void) throws {
        let redis = try configuration()
        let endpoint: Endpoint
        do throws(RedisSettingError) {
            endpoint = try redis.endpoint()
        } catch {
            Complaint.say("rqd: \(error)")
            throw ExitStatus.configuration.error
        }
        do {
            let client = try Client(
                endpoint, keyPrefix: redis.keyPrefix,
                serializer: Self.serializers[serializer] ?? .pickle, name: "rqd")
            try body(client)
        } catch {
            Complaint.say("rqd: \(error)")
            switch error {
            case .redis: throw ExitStatus.unavailable.error
            case .unusable: throw ExitStatus.usage.error
            case .wire, .noSuchJob, .duplicateJob, .refused: throw ExitCode.failure
            }
        }
    }

    /// Where Redis is: a URL that was named needs no file.
    private func configuration() throws -> RedisConfiguration {
        let environment = Environment.variables()
        let source = ConfigurationSource(config, environment: environment)
        var named: Override?
        if let url {
            named = Override("redis.url", url, flag: "--url")
        } else if let url = environment["RQ_REDIS_URL"], !url.isEmpty, !source.isFile {
            // As in rq, the variable wins over settings.
            named = Override("redis.url", url, flag: "RQ_REDIS_URL")
        }
        let from = named == nil ? source : .nothing
        let path = path.isEmpty ? [] : [Override("python.path", list: path, flag: "--path")]
        return try from.load(
            environment: environment, readsSystemFile: named == nil,
            overrides: path + (named.map { [$0] } ?? [])
        ).configuration.redis
    }
}
