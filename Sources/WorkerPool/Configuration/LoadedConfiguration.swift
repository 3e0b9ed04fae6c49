/// A configuration together with the story of how it came about.
public struct LoadedConfiguration: Sendable {
    /// The merged values.
    public private(set) var configuration: Configuration
    /// `[python]` before any pool's own settings.
    public let python: PythonConfiguration
    /// Where each value came from that is not a built-in default, by dotted key.
    public let origins: [String: Origin]
    /// The files that were read, in order.
    public let files: [String]
    /// The file that would have been read; nil if there was one.
    let missing: String?
    /// Variables that begin with `RQD_` and set nothing.
    let ignoredVariables: [String]

    /// Where a value came from.
    ///
    /// - Parameter key: the dotted key, for example `pool.web.python.interpreter`.
    /// - Returns: for a pool's Python, the origin in `[python]` if the pool says nothing itself.
    public func origin(of key: String) -> Origin {
        if let origin = origins[key] { return origin }
        let keys = key.split(separator: ".")
        if keys.count > 3, keys[0] == "pool", keys[2] == "python" {
            return origins[keys[2...].joined(separator: ".")] ?? .builtIn
        }
        return .builtIn
    }

    /// The same with one pool alone.
    ///
    /// - Parameter name: a pool that there is.
    /// - Returns: the rest unchanged.
    public func keeping(pool name: String) -> LoadedConfiguration {
        var kept = self
        kept.configuration.pools.removeAll { $0.name != name }
        return kept
    }

    /// What an operator should be told, one line each; usually nothing.
    public var notices: [String] {
        let ignored = ignoredVariables.map { "\($0) is no variable of rqd; ignored" }
        guard let missing else { return ignored }
        let pools = configuration.pools.map { pool in
            let queues = pool.queues.joined(separator: ", ")
            let workers = pool.workers == 1 ? "1 worker" : "\(pool.workers) workers"
            return "pool \(pool.name) with \(workers) on \(queues), \(pool.python.interpreter)"
        }
        let redis = configuration.redis.place
        return ["no \(missing): \(redis); \(pools.joined(separator: "; "))"] + ignored
    }
}
