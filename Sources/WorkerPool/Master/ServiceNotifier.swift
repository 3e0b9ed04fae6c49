import CSystemd
import Glibc

/// Tells the service manager how things stand (`sd_notify`), no more often than it is worth.
///
/// A status line is sent when it differs from the last one, and at most once a
/// second; what comes in between is kept, and the latest is sent when its time
/// has come. Readiness and the stop are sent at once.
struct ServiceNotifier {
    private let send: (String) -> Void
    private var sent = ""
    private var wanted = ""
    private var quietUntil = MonotonicTime(nanoseconds: 0)
    /// Whether it was told that the service is up.
    private(set) var isReady = false
    private var isStopping = false
    private var isReloading = false
    /// During a stop: when the service manager is to hear again that it goes on.
    private var extensionDue: MonotonicTime?

    /// The shortest time between two status lines.
    static let interval = Duration.seconds(1)

    /// The most time that is asked for at once during a stop.
    ///
    /// Who asks for all of it at once, and hangs then, is not given up before that is over.
    static let longestExtension = Duration.seconds(60)
    /// How often it is asked for again.
    static let extensionInterval = Duration.seconds(15)

    /// Whether a service manager listens.
    static var hasListener: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// - Parameter send: takes lines of `NAME=value`; the service manager by default.
    init(send: @escaping (String) -> Void = ServiceNotifier.tellServiceManager) {
        self.send = send
    }

    /// When a kept line is to be sent, or more time is to be asked for.
    var nextDue: MonotonicTime? {
        [wanted == sent ? nil : quietUntil, extensionDue].compactMap(\.self).min()
    }

    /// This is how things stand.
    mutating func status(_ line: String, at now: MonotonicTime) {
        want(line)
        due(at: now)
    }

    /// Sends what has been kept long enough.
    mutating func due(at now: MonotonicTime) {
        guard wanted != sent, quietUntil <= now else { return }
        tell([], at: now)
    }

    /// The service is up: all workers have been registered.
    ///
    /// Sent once.
    mutating func ready(at now: MonotonicTime) {
        guard !isReady, !isStopping else { return }
        isReady = true
        tell(["READY=1"], at: now)
    }

    /// The configuration is being read again, or workers are being replaced.
    ///
    /// Source: `sd_notify(3)`, `RELOADING=1`; the moment tells systemd which reload it hears of.
    mutating func reloading(at now: MonotonicTime) {
        guard isReady, !isStopping else { return }
        isReloading = true
        tell(["RELOADING=1", "MONOTONIC_USEC=\(now.nanoseconds / 1_000)"], at: now)
    }

    /// This program goes on with a reload that the one before has begun.
    mutating func resumed(at now: MonotonicTime) {
        isReady = true
        reloading(at: now)
    }

    /// That is over, one way or the other.
    mutating func reloaded(_ line: String, at now: MonotonicTime) {
        guard isReloading, !isStopping else { return }
        isReloading = false
        want(line)
        tell(["READY=1"], at: now)
    }

    /// The service is being stopped, which may take this long.
    ///
    /// `stillStopping` is to be called until it is over.
    mutating func stopping(_ line: String, within span: Duration, at now: MonotonicTime) {
        isStopping = true
        want(line)
        tell(["STOPPING=1", askForTime(span, at: now)], at: now)
    }

    /// All is over; the last that is said, so that nothing older stays.
    mutating func ended(_ line: String, at now: MonotonicTime) {
        isStopping = true
        extensionDue = nil
        want(line)
        tell([], at: now)
    }

    /// It still is, and may take this long from now on; said when that is due.
    ///
    /// Source: `sd_notify(3)`, `EXTEND_TIMEOUT_USEC=`: repeated within the time asked for last,
    /// it holds off `TimeoutStopSec=` for as long as that goes on.
    mutating func stillStopping(within span: Duration, at now: MonotonicTime) {
        guard let extensionDue, extensionDue <= now else { return }
        tell([askForTime(span, at: now)], at: now)
    }

    private mutating func askForTime(_ span: Duration, at now: MonotonicTime) -> String {
        extensionDue = now + Self.extensionInterval
        let asked = max(min(span, Self.longestExtension), .zero)
        return "EXTEND_TIMEOUT_USEC=\(asked.wholeNanoseconds / 1_000)"
    }

    /// The master's loop turns.
    func watchdog() {
        if Self.watchdogInterval != nil { send("WATCHDOG=1") }
    }

    /// How often the service manager is to hear that; nil when it does not ask for it.
    ///
    /// After five eighths of the time at which it would give us up.
    static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds / 8 * 5))
    }

    private mutating func want(_ line: String) {
        // A line break would begin another assignment.
        wanted = String(line.map { $0.isNewline ? " " : $0 })
    }

    private mutating func tell(_ assignments: [String], at now: MonotonicTime) {
        var lines = assignments
        if wanted != sent { lines.append("STATUS=\(wanted)") }
        guard !lines.isEmpty else { return }
        sent = wanted
        quietUntil = now + Self.interval
        send(lines.joined(separator: "\n"))
    }

    private static func tellServiceManager(_ lines: String) {
        // Nobody may be listening, and nothing can be done about a full socket.
        _ = sd_notify(0, lines)
    }
}
