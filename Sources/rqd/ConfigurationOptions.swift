import ArgumentParser
import WorkerPool

/// The options of every command that reads the daemon's configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration file; FILE.d/*.conf are read after it. (default: /etc/rqd.conf)",
            valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set one value, above all files; may be repeated.", valueName: "key=value"))
    var settings: [String] = []

    func validate() throws {
        for setting in settings where Override(argument: setting) == nil {
            throw ValidationError("--set takes KEY=VALUE, not \"\(setting)\"")
        }
    }

    /// Reads the configuration; says what is wrong with it and leaves with 78.
    ///
    /// - Parameter handover: the descriptor of what another program hands over; nil for none.
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: 78 when it is wrong.
    func load(handedOver handover: Int32? = nil) throws -> LoadedConfiguration {
        do throws(ConfigurationError) {
            guard let handover else { return try read() }
            return try sources.load(handedOver: handover)
        } catch {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
    }

    /// Reads the configuration.
    func read() throws(ConfigurationError) -> LoadedConfiguration { try sources.load() }

    /// Where the configuration is.
    var sources: ConfigurationSources {
        ConfigurationSources(
            file: config, environment: Environment.variables(),
            overrides: settings.compactMap { Override(argument: $0) })
    }
}
