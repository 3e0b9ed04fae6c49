import RQ
import RedisKit

/// Tries Redis the way a worker uses it.
public enum RedisCheck {
    /// The oldest major release of Redis that rqd is tried with, and that tells of new jobs.
    static let oldestRelease = 6

    /// Connects, asks for the version, and tries every command that a worker sends.
    ///
    /// - Parameters:
    ///   - configuration: which server, and the prefix of the keys.
    ///   - timeout: how long each step may take.
    /// - Returns: one finding when all is well, else everything that is not.
    public static func findings(
        _ configuration: RedisConfiguration, timeout: Duration = .seconds(5)
    ) -> [CheckFinding] {
        let endpoint: Endpoint
        do {
            endpoint = try configuration.endpoint()
        } catch {
            return [CheckFinding(.wrong, "\(error)")]
        }
        do {
            let connection = try Connection(to: endpoint, name: "rqd-check", timeout: timeout)
            defer { connection.close() }
            try connection.call(Command("PING"), timeout: timeout)
            let release = release(of: connection, timeout)
            var findings = release.map { complaints(about: $0, endpoint) } ?? []
            let rights = RightsCheck(configuration, connection, timeout: timeout)
            let notes = try rights.notes().map { CheckFinding(.fine, "\(endpoint): \($0)") }
            findings += try rights.problems().map { CheckFinding(.wrong, "\(endpoint): \($0)") }
            let doubts = [clock(of: connection, timeout)].compactMap { words in
                words.map { CheckFinding(.doubtful, "\(endpoint): \($0)") }
            }
            let name = release.map { "\($0)" } ?? "Redis"
            let fine = CheckFinding(.fine, "\(endpoint): \(name), all commands are allowed")
            return (findings.isEmpty ? [fine] : findings) + notes + doubts
        } catch {
            return [finding(error, endpoint)]
        }
    }

    private static func finding(_ error: RedisError, _ endpoint: Endpoint) -> CheckFinding {
        switch error {
        case .server(let refusal):
            // Still loading its data, or a replica whose master is away: that passes.
            let passes = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN"].contains(refusal.code)
            return CheckFinding(passes ? .unreachable : .wrong, "\(endpoint): \(refusal)")
        case .connecting, .closed, .timedOut, .protocolViolation, .system:
            let text = "\(error)"
            let isNamed = text.contains("\(endpoint)")
            return CheckFinding(.unreachable, isNamed ? text : "\(endpoint): \(text)")
        }
    }

    /// The release that the server says it is; nil when it does not tell.
    private static func release(
        of connection: Connection, _ timeout: Duration
    ) -> ServerRelease? {
        let reply = try? connection.call(Command("INFO", "server"), timeout: timeout)
        return reply?.text.flatMap { ServerRelease(information: $0) }
    }

    /// What is to be said of the server's clock; nil if it may be the same as this host's.
    private static func clock(of connection: Connection, _ timeout: Duration) -> String? {
        let asked = Timestamp.now()
        let time = try? connection.call(Command("TIME"), timeout: timeout) {
            Timestamp(serverTime: $0)
        }
        guard let server = time ?? nil else { return nil }
        return complaint(about: server, asked: asked, answered: .now())
    }

    /// Complains about clocks that differ.
    static func complaint(
        about server: Timestamp, asked: Timestamp, answered: Timestamp
    ) -> String? {
        var clock = ServerClock()
        guard case .differs(let offset) = clock.saw(server, asked: asked, answered: answered) else {
            return nil
        }
        return "its clock and this host's differ: this host's is \(ClockWords.difference(offset));"
            + " set both by the same source (NTP)"
    }

    /// Complains about a server that is too old.
    static func complaints(about release: ServerRelease, _ endpoint: Endpoint) -> [CheckFinding] {
        guard let major = release.compatibleMajor, major < oldestRelease else { return [] }
        return [
            CheckFinding(
                .wrong, "\(endpoint): \(release) is too old, \(oldestRelease).0 is needed")
        ]
    }
}
