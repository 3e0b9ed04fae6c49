import Glibc

extension LoadedConfiguration {
    /// Checks what only this machine can tell: that programs and directories are there.
    ///
    /// - Parameter importing: whether interpreters may be started, which run code of the
    ///   application's; not by somebody who has more rights than its jobs.
    /// - Throws: everything that is missing, at once.
    public func checkMachine(importing: Bool = true) throws(ConfigurationError) {
        let pools = configuration.pools.flatMap { pool in
            [
                complaint(pool, "interpreter") { Self.program(at: pool.python.interpreter) },
                complaint(pool, "directory") {
                    pool.python.directory.flatMap { Self.directory(at: $0) }
                },
            ].compactMap { $0 }
        }
        let limits = LimitRules(origins: origins)
        let complaints =
            pools + accountComplaints + redisComplaints
            + limits.machineComplaints(about: configuration.pools)
        guard complaints.isEmpty else { throw ConfigurationError(complaints, files: files) }
        if importing { try checkSentry() }
    }

    /// Accounts that there are not, or that this process may not take on.
    private var accountComplaints: [ConfigurationError.Complaint] {
        configuration.pools.compactMap { pool in
            guard let (name, problem) = Self.problem(of: pool.account) else { return nil }
            let key = "pool.\(pool.name).\(name)"
            return ConfigurationError.Complaint(
                origin: origin(of: key), message: "\(key): \(problem)")
        }
    }

    /// The key that is to blame, and why.
    private static func problem(of account: JobAccount) -> (String, String)? {
        guard let user = account.user else {
            return account.group.map { _ in ("group", "needs user beside it") }
        }
        guard Identity(user: user, group: nil) != nil else {
            return ("user", "this machine has no user \(user)")
        }
        guard let identity = Identity(user: user, group: account.group) else {
            return ("group", "this machine has no group \(account.group ?? "")")
        }
        if identity.isOurs { return nil }
        if let obstacle = AccountObstacle.present(for: identity.user) { return ("user", obstacle) }
        if Capabilities.ours.isSuperset(of: Identity.requiredCapabilities) { return nil }
        return (
            "user",
            "to run jobs as \(identity.name), rqd must be root or have CAP_SETUID, CAP_SETGID "
                + "and CAP_KILL"
        )
    }

    /// Checks that each interpreter that is to report to Sentry has the SDK.
    private func checkSentry() throws(ConfigurationError) {
        var answers: [JobAccount: [PythonConfiguration: String?]] = [:]
        let complaints = configuration.pools.filter { $0.python.sentryDSN != nil }
            .compactMap { pool in
                complaint(pool, "sentry_dsn") {
                    var python = pool.python
                    python.preload = ["sentry_sdk"]
                    let answer =
                        answers[pool.account]?[python]
                        ?? Self.failure(loading: python, as: pool.account, of: "sentry_dsn")
                    answers[pool.account, default: [:]][python] = answer
                    return answer
                }
            }
        guard complaints.isEmpty else { throw ConfigurationError(complaints, files: files) }
    }

    /// Files that `[redis]` names and this process cannot read.
    private var redisComplaints: [ConfigurationError.Complaint] {
        let redis = configuration.redis
        var found: [ConfigurationError.Complaint] = []
        do throws(RedisSettingError) {
            _ = try redis.endpoint()
        } catch {
            found.append(
                ConfigurationError.Complaint(
                    origin: origin(of: error.key), message: "\(error)"))
        }
        let files = [
            ("ca_file", redis.tlsAuthorityFile), ("cert_file", redis.tlsCertificateFile),
            ("key_file", redis.tlsKeyFile),
        ]
        for (name, path) in files {
            guard let path, access(path, R_OK) != 0 else { continue }
            let key = "redis.tls_\(name)"
            found.append(
                ConfigurationError.Complaint(
                    origin: origin(of: key), message: "\(key): \(Self.failure(path, errno))"))
        }
        return found
    }

    /// One complaint for all pools that have the value from `[python]`, else one for the pool.
    private func complaint(_ pool: PoolConfiguration, _ name: String, problem: () -> String?)
        -> ConfigurationError.Complaint?
    {
        guard let problem = problem() else { return nil }
        let own = "pool.\(pool.name).python.\(name)"
        let key = origins[own] == nil ? "python.\(name)" : own
        return ConfigurationError.Complaint(
            origin: origin(of: key), message: "\(key): \(problem)")
    }

    /// What goes wrong when the interpreter imports rq and the modules that a key needs.
    private static func failure(
        loading python: PythonConfiguration, as account: JobAccount, of key: String
    ) -> String? {
        let findings = InterpreterCheck.findings(
            python, as: account, modulesOf: key, keyPrefix: "rq")
        guard let finding = findings.first, finding.verdict != .fine else { return nil }
        return finding.message
    }

    private static func program(at path: String) -> String? {
        guard path.hasPrefix("/") else { return "\(path): not found in any directory of PATH" }
        guard let isDirectory = isDirectory(path) else { return failure(path, errno) }
        if isDirectory { return failure(path, EISDIR) }
        return access(path, X_OK) == 0 ? nil : failure(path, errno)
    }

    private static func directory(at path: String) -> String? {
        guard let isDirectory = isDirectory(path) else { return failure(path, errno) }
        guard isDirectory else { return failure(path, ENOTDIR) }
        return access(path, X_OK) == 0 ? nil : failure(path, errno)
    }

    /// Whether a path leads to a directory; nil, with `errno`, if it leads nowhere.
    private static func isDirectory(_ path: String) -> Bool? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    private static func failure(_ path: String, _ number: Int32) -> String {
        "\(path): \(String(cString: strerror(number)))"
    }
}
