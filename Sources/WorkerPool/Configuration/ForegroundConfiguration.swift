extension ConfigurationLoader {
    /// Makes a configuration of flags and variables alone, for `rqd worker`: no file is read.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - overrides: what the flags say.
    ///   - surroundings: what the defaults depend on.
    /// - Returns: the configuration, and where each value came from.
    /// - Throws: everything that is wrong, at once.
    public static func loadWithoutFiles(
        environment: [String: String], overrides: [Override],
        surroundings: Surroundings = .current()
    ) throws(ConfigurationError) -> LoadedConfiguration {
        try merge(
            ConfigurationReading(files: []), environment: environment, overrides: overrides,
            surroundings: surroundings)
    }
}
