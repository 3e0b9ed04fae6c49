import ArgumentParser
import Glibc
import WorkerPool

/// `rqd check`: says whether the configuration is right.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration, and with --connect all that it names.",
        discussion: """
            Lists everything that is wrong and starts nothing. With --connect it also asks Redis \
            for its version and whether every command is allowed, and lets each interpreter \
            import rq and your application.

            EXAMPLES
              rqd check
              rqd check -c ./rqd.conf --show
              rqd check --connect
              rqd check --set pool.default.queues=high,low --show

            EXIT STATUS
              0 all is right, 69 Redis cannot be reached, 78 something is wrong
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print the merged configuration, with the origin of each value.")
    var show = false

    @Flag(help: "Also try Redis and the interpreters.")
    var connect = false

    func run() throws {
        let loaded = try options.load()
        if show { print(loaded.render(), terminator: "") }
        for notice in loaded.notices + loaded.exposedSecrets { Complaint.say("rqd: \(notice)") }
        var isMachineFine = true
        do {
            // Root's check must not run what the application's user can change.
            try loaded.checkMachine(importing: connect || geteuid() != 0)
        } catch {
            Complaint.say("\(error)")
            isMachineFine = false
        }
        let findings = connect ? tryAll(loaded.configuration, isMachineFine) : []
        for finding in findings {
            switch finding.verdict {
            case .fine: if !show { print("ok: \(finding.message)") }
            case .doubtful, .wrong, .unreachable: Complaint.say(finding.message)
            }
        }
        let isWrong = !isMachineFine || findings.contains { $0.verdict == .wrong }
        guard !isWrong else { throw ExitStatus.configuration.error }
        let isUnreachable = findings.contains { $0.verdict == .unreachable }
        guard !isUnreachable else { throw ExitStatus.unavailable.error }
        if !show { print(summary(loaded)) }
    }

    /// Tries Redis, and each interpreter once, however many pools load the same with it.
    private func tryAll(
        _ configuration: Configuration, _ isMachineFine: Bool
    ) -> [CheckFinding] {
        var findings = RedisCheck.findings(configuration.redis)
        guard isMachineFine else { return findings }
        var tried: [PoolConfiguration] = []
        for pool in configuration.pools {
            guard !tried.contains(where: { $0.isTried(like: pool) }) else { continue }
            tried.append(pool)
            findings += InterpreterCheck.findings(of: pool, in: configuration)
        }
        return findings
    }

    /// `configuration is right: 2 pools, 6 workers, from /etc/rqd.conf`.
    private func summary(_ loaded: LoadedConfiguration) -> String {
        let pools = loaded.configuration.pools
        let workers = pools.reduce(0) { $0 + $1.workers }
        let files = loaded.files.isEmpty ? "" : ", from \(loaded.files.joined(separator: ", "))"
        return "configuration is right: \(pools.count) \(pools.count == 1 ? "pool" : "pools"), "
            + "\(workers) \(workers == 1 ? "worker" : "workers")\(files)"
    }
}
