import Logging
import WorkerPool

/// The one pool of `rqd worker` and `rqd worker-pool`: `default`.
enum ForegroundPool {
    /// Reads and checks the configuration; says what is wrong with it and leaves with 78.
    ///
    /// - Parameters:
    ///   - config: what `--config` says.
    ///   - defaults: what holds unless another source says otherwise.
    ///   - overrides: what the flags say.
    /// - Returns: the configuration, with this pool alone.
    /// - Throws: 78 when it is wrong.
    static func load(
        config: String?, defaults: [Override], overrides: [Override]
    ) throws -> LoadedConfiguration {
        let environment = Environment.variables()
        let source = ConfigurationSource(config, environment: environment)
        let loaded = try source.load(
            environment: environment, readsSystemFile: false, defaults: defaults,
            overrides: overrides
        ).keeping(pool: "default")
        do {
            try loaded.checkMachine()
        } catch {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
        return loaded
    }

    /// 32 hexadecimal digits, as rq names a worker that has no name.
    static func randomName() -> String {
        (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }

    /// A name as a template that stands for it.
    static func template(_ name: String) -> String {
        name.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }
}
