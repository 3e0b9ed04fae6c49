import RQ

extension ConfigurationLoader {
    /// Where Redis is by the variables that rq reads when neither a URL nor settings are named.
    ///
    /// Source: RQ 3.0.0, `rq/cli/helpers.py`, `CliConfig.connection`.
    ///
    /// - Parameter environment: the variables of the process.
    /// - Returns: at most one value; none where `RQ_REDIS_URL` or `RQD_REDIS_URL` decides.
    /// - Throws: what cannot be understood.
    public static func serverOfVariables(
        _ environment: [String: String]
    ) throws(ConfigurationError) -> [Override] {
        for name in ["RQ_REDIS_URL", "RQD_REDIS_URL"] where environment[name]?.isEmpty == false {
            return []
        }
        let values = environment.filter { $0.key.hasPrefix("REDIS_") }
            .mapValues { JSON.string($0) }
        let server = try SettingsServer(values: values, origin: { .variable($0) }).url()
        return server.map { [Override("redis.url", $0.text, at: $0.origin)] } ?? []
    }
}
