extension ConfigurationLoader {
    /// Makes a configuration of flags and variables alone, for the foreground: no file is read.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - defaults: what holds unless another source says otherwise.
    ///   - overrides: what the flags say.
    ///   - surroundings: what the defaults depend on.
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: everything that is wrong, at once.
    public static func loadWithoutFiles(
        environment: [String: String], defaults: [Override] = [], overrides: [Override],
        surroundings: Surroundings = .current()
    ) throws(ConfigurationError) -> LoadedConfiguration {
        try merge(
            ConfigurationReading(files: []), environment: environment, defaults: defaults,
            overrides: overrides, surroundings: surroundings)
    }
}
