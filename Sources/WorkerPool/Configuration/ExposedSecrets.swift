import Glibc

extension LoadedConfiguration {
    /// Files that hold a password and that everybody on this machine may read; a sentence for each.
    public var exposedSecrets: [String] {
        let redis = configuration.redis
        var keys: Set<String> = []
        if SecretMask.hiding(in: redis.url) != redis.url { keys.insert("redis.url") }
        let secrets = ["redis.password", "redis.sentinel_password", "python.sentry_dsn"]
        keys.formUnion(
            origins.keys.filter { key in
                secrets.contains(key)
                    || key.hasPrefix("pool.")
                        && [".redis.password", ".python.sentry_dsn"].contains { key.hasSuffix($0) }
            })
        var found: [String: [String]] = [:]
        for key in keys.sorted() {
            guard case .file(let path, _, _) = origin(of: key) else { continue }
            found[path, default: []].append(key)
        }
        return found.sorted { $0.key < $1.key }.compactMap { path, keys in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return nil }
            return "\(path): everybody may read it, and it has \(keys.joined(separator: ", ")); "
                + "chmod 640 and the service's group keep others out"
        }
    }
}
