import Glibc

/// Tries what a reload or restart asks for, apart from the service that runs.
///
/// Imports may take long, and a server may not answer: so a child waits for them, and the master
/// does not.
struct ChangeCheck {
    /// Where the configuration is that is to hold; nil for a restart, which changes no settings.
    var sources: ConfigurationSources?
    /// The configuration that holds.
    var present: Configuration
    /// The pools that are to have a new interpreter in any case.
    var restarting: [PoolConfiguration] = []

    /// Tries everything, and writes what is wrong to a pipe, a line each.
    ///
    /// *Child process.*
    ///
    /// - Parameters:
    ///   - report: the pipe.
    ///   - tried: takes the files that were read, so that they are what is used.
    /// - Returns: an exit status: 0, 78 for what is wrong, 69 for what is not there.
    func run(report: Int32, tried: MemoryFile? = nil) -> Int32 {
        var pools = restarting
        var configuration = present
        do {
            if let sources {
                let snapshot = try sources.read()
                try tried?.write(snapshot.encoded)
                let loaded = try sources.load(snapshot)
                try loaded.checkMachine()
                let new = loaded.configuration
                configuration = new
                let known = present.pools
                pools = new.pools.filter { pool in !known.contains { $0.isTried(like: pool) } }
                if new.redis != present.redis {
                    let findings = RedisCheck.findings(new.redis)
                    if let status = tell(findings, to: report) { return status }
                }
            }
        } catch {
            write("\(error)", to: report)
            return MasterExit.configuration
        }
        var tried: [PoolConfiguration] = []
        for pool in pools {
            guard !tried.contains(where: { $0.isTried(like: pool) }) else { continue }
            tried.append(pool)
            let findings = InterpreterCheck.findings(of: pool, in: configuration)
            // What is doubtful is told when it is in force.
            let bad = findings.filter { $0.verdict != .doubtful }
            if let status = tell(bad, to: report) { return status }
        }
        return 0
    }

    /// Writes what is not fine; nil when all is.
    private func tell(_ findings: [CheckFinding], to report: Int32) -> Int32? {
        let bad = findings.filter { $0.verdict != .fine }
        guard !bad.isEmpty else { return nil }
        write(bad.map(\.message).joined(separator: "\n"), to: report)
        return bad.contains { $0.verdict == .wrong } ? MasterExit.configuration : 69
    }

    private func write(_ text: String, to report: Int32) {
        let bytes = Array(text.utf8.prefix(ChildReport.longest))
        _ = bytes.withUnsafeBytes { Glibc.write(report, $0.baseAddress, $0.count) }
    }
}
