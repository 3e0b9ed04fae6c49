import Glibc
import WorkerPool

/// What `--config` of a command that stands in for one of rq's names: a file of rqd's, or an RQ
/// settings module.
enum ConfigurationSource: Equatable {
    /// Nothing was named.
    case nothing
    /// A file of rqd's: it ends in `.conf` or `.toml`, and is there or has a slash in its name.
    case file(String)
    /// Anything else: a settings module, as rq takes it.
    case settings(String)

    /// Decides by what the name is.
    ///
    /// - Parameters:
    ///   - argument: what `--config` says; nil for `RQ_CONFIG`.
    ///   - environment: the variables of the process.
    init(_ argument: String?, environment: [String: String]) {
        guard let name = argument ?? environment["RQ_CONFIG"], !name.isEmpty else {
            self = .nothing
            return
        }
        let isOurs = name.hasSuffix(".conf") || name.hasSuffix(".toml")
        // `app.conf` may be a module as well: then there is no such file.
        self =
            isOurs && (name.contains("/") || access(name, F_OK) == 0)
            ? .file(name) : .settings(name)
    }

    /// Whether it is a file of rqd's.
    var isFile: Bool {
        if case .file = self { true } else { false }
    }

    /// Reads the configuration; says what is wrong with it and leaves with 78.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - readsSystemFile: whether `/etc/rqd.conf` counts where nothing was named.
    ///   - defaults: what holds unless another source says otherwise.
    ///   - overrides: what the flags say.
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: 78 when it is wrong.
    func load(
        environment: [String: String], readsSystemFile: Bool, defaults: [Override] = [],
        overrides: [Override] = []
    ) throws -> LoadedConfiguration {
        do {
            switch self {
            case .file(let path):
                return try ConfigurationLoader.load(
                    file: path, environment: environment, defaults: defaults, overrides: overrides)
            case .nothing:
                let isNamed = overrides.contains { $0.key == "redis.url" }
                let server =
                    isNamed ? [] : try ConfigurationLoader.serverOfVariables(environment)
                let all = defaults + server
                return readsSystemFile
                    ? try ConfigurationLoader.load(
                        environment: environment, defaults: all, overrides: overrides)
                    : try ConfigurationLoader.loadWithoutFiles(
                        environment: environment, defaults: all, overrides: overrides)
            case .settings(let name):
                let without = try ConfigurationLoader.loadWithoutFiles(
                    environment: environment, defaults: defaults, overrides: overrides)
                try without.checkMachine()
                let module = try SettingsModule.read(
                    name, by: without.python, keyPrefix: without.configuration.redis.keyPrefix)
                let settings = try module.defaults()
                for notice in settings.notices { Complaint.say("rqd: \(notice)") }
                return try ConfigurationLoader.loadWithoutFiles(
                    environment: environment, defaults: defaults + settings.overrides,
                    overrides: overrides)
            }
        } catch let error as SettingsError {
            Complaint.say("rqd: \(error)")
            throw ExitStatus.configuration.error
        } catch let error as ConfigurationError {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
    }
}
