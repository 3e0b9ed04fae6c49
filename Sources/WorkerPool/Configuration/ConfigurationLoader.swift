/// Makes one configuration of all its sources.
///
/// In this order, later ones win: built-in defaults, RQ's own variables, the file, its
/// drop-ins by name, `RQD_…` variables, flags.
public enum ConfigurationLoader {
    /// The file that is read when no other is named; it may be missing.
    public static let systemFile = "/etc/rqd.conf"

    /// Reads all sources.
    ///
    /// - Parameters:
    ///   - file: the file that `--config` names; nil means `systemFile`, if there is one.
    ///   - environment: the variables of the process.
    ///   - defaults: what holds unless another source says otherwise.
    ///   - overrides: what the flags say.
    ///   - surroundings: what the defaults depend on.
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: everything that is wrong, at once.
    public static func load(
        file: String? = nil, environment: [String: String], defaults: [Override] = [],
        overrides: [Override] = [], surroundings: Surroundings = .current()
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let reading = ConfigurationReading(main: file ?? systemFile, mustExist: file != nil)
        return try merge(
            reading, environment: environment, defaults: defaults, overrides: overrides,
            surroundings: surroundings)
    }

    /// Makes one configuration of sources that were read; pure.
    static func merge(
        _ reading: ConfigurationReading, environment: [String: String] = [:],
        defaults: [Override] = [], overrides: [Override] = [], surroundings: Surroundings
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var merge = Merge(
            environment: environment, surroundings: surroundings, file: reading.files.first?.path)
        for complaint in reading.complaints {
            merge.complain(complaint.message, at: complaint.origin)
        }
        merge.take(defaults.map(Assignment.init))
        merge.take(EnvironmentVariables.assignmentsOfRQ(environment))
        for file in reading.files {
            do {
                merge.take(try file.assignments())
            } catch {
                merge.complain(error.message, at: error.origin)
            }
        }
        let poolsInFiles = merge.poolNames
        let foreign = take(environment, pools: poolsInFiles, into: &merge)
        merge.take(overrides.map(Assignment.init))

        let configuration = merge.configuration(surroundings, path: environment["PATH"])
        let rules = PoolRules(origins: merge.origins)
        let complaints =
            merge.complaints + rules.strangers(merge.firstNamed, inFiles: poolsInFiles)
            + rules.complaints(about: configuration.pools)
            + LimitRules(origins: merge.origins).complaints(about: configuration.pools)
            + RedisRules(origins: merge.origins).complaints(about: configuration.redis)
            + CronRules(origins: merge.origins, firstNamed: merge.cronFirstNamed)
            .complaints(about: configuration.cron, after: merge.complaints)
        let files = reading.files.map(\.path)
        guard complaints.isEmpty else {
            let paths = reading.complaints.map(\.origin.description) + files
            throw ConfigurationError(complaints, files: paths)
        }
        return LoadedConfiguration(
            configuration: configuration, python: merge.python, origins: merge.origins,
            files: files, missing: reading.missing, ignoredVariables: foreign)
    }

    /// Takes the `RQD_…` variables.
    ///
    /// - Returns: those that are none of ours.
    private static func take(
        _ environment: [String: String], pools: [String], into merge: inout Merge
    ) -> [String] {
        let known = pools.isEmpty ? ["default"] : pools
        var assignments: [Assignment] = []
        var foreign: [String] = []
        for finding in EnvironmentVariables.findings(in: environment, pools: known) {
            switch finding {
            case .assignment(let assignment): assignments.append(assignment)
            case .misspelt(let name, let message): merge.complain(message, at: .variable(name))
            case .foreign(let name): foreign.append(name)
            }
        }
        merge.take(assignments)
        return foreign
    }
}
