/// Where a service has its configuration from, and has it from again at each reload.
///
/// Reading and interpreting are two steps, so that what one process has read and tried can be what
/// another one works by.
public struct ConfigurationSources: Sendable {
    private let file: String?
    private let environment: [String: String]
    private let overrides: [Override]
    /// Whether the main file was there once: then it is wrong that it is not.
    private var hasMainFile: Bool
    /// The file that is read when none is named.
    var systemFile = ConfigurationLoader.systemFile

    /// Names the sources; reads nothing.
    ///
    /// - Parameters:
    ///   - file: the file that `--config` names; nil for the system's, if there is one.
    ///   - environment: the variables of the process.
    ///   - overrides: what the flags say.
    public init(file: String?, environment: [String: String], overrides: [Override]) {
        self.file = file
        self.environment = environment
        self.overrides = overrides
        hasMainFile = file != nil
    }

    private var mainFile: String { file ?? systemFile }

    /// The same for a service that works by what was loaded: should its file be gone for a moment
    /// while an editor replaces it, that does not mean the built-in defaults.
    ///
    /// - Parameter loaded: what was loaded from these sources.
    /// - Returns: sources that do not do without a file that was there.
    public func expectingFiles(of loaded: LoadedConfiguration) -> ConfigurationSources {
        var same = self
        same.hasMainFile = hasMainFile || loaded.files.contains(mainFile)
        return same
    }

    /// Reads the files.
    ///
    /// - Returns: what was read, for `load`.
    /// - Throws: what cannot be read.
    func read() throws(ConfigurationError) -> ConfigurationSnapshot {
        let reading = ConfigurationReading(main: mainFile, mustExist: hasMainFile)
        guard reading.complaints.isEmpty else {
            throw ConfigurationError(
                reading.complaints, files: reading.files.map(\.path) + [mainFile])
        }
        return ConfigurationSnapshot(reading)
    }

    /// Merges what was read with the variables and flags.
    ///
    /// - Parameter snapshot: what was read.
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: everything that is wrong, at once.
    func load(_ snapshot: ConfigurationSnapshot) throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationLoader.merge(
            snapshot.reading, environment: environment, overrides: overrides,
            surroundings: .current())
    }

    /// Reads the files and merges them with the variables and flags.
    ///
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: everything that is wrong, at once.
    public func load() throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationLoader.merge(
            ConfigurationReading(main: mainFile, mustExist: hasMainFile), environment: environment,
            overrides: overrides, surroundings: .current())
    }

    /// What the program before has read and this one has tried, where it hands that over.
    ///
    /// - Parameter handover: the descriptor of what was handed over.
    /// - Returns: the configuration; read anew where nothing is handed over that is understood.
    /// - Throws: everything that is wrong, at once.
    public func load(handedOver handover: Int32) throws(ConfigurationError) -> LoadedConfiguration {
        guard let snapshot = Handover.configuration(in: handover) else { return try load() }
        return try load(snapshot)
    }
}
