import TestSupport

/// rqd as an administrator installs it, in a booted systemd, with a Redis and an application.
final class InstalledService: Sendable {
    /// How rqd comes into the system.
    enum Way: String, Sendable {
        /// File by file, the rqd that was built with the tests.
        case files
        /// As the Debian package, which the tests install themselves.
        case package
    }

    /// The systemd it is installed in.
    let box: SystemdBox

    private let python: PythonEnvironment

    /// Boots the box with the application and a Redis, and starts nothing.
    ///
    /// - Parameter way: how rqd gets into it; a package is left to the tests.
    /// - Throws: with what failed.
    init(_ way: Way) throws {
        python = try PythonEnvironment(.rq3_0)
        let rqd = try BuiltProgram.rqd()
        box = try SystemdBox(
            for: way.rawValue, showing: [PackageRoot.path] + Self.libraries(of: rqd))
        for file in ["tasks.py", "client.py"] {
            try box.install(
                "\(PackageRoot.path)/Tests/Systemd/Application/\(file)", as: "/srv/app/\(file)")
        }
        switch way {
        case .files: try installFiles(rqd)
        case .package: try box.run("rm", "-f", "/usr/sbin/policy-rc.d")
        }
        try box.write("/etc/systemd/system/test-redis.service", Self.redisUnit)
        try box.run("systemctl", "daemon-reload")
    }

    private func installFiles(_ rqd: String) throws {
        try box.install(rqd, as: "/usr/bin/rqd")
        let packaging = "\(PackageRoot.path)/packaging"
        for unit in ["rqd.service", "rqd@.service"] {
            try box.install("\(packaging)/systemd/\(unit)", as: "/etc/systemd/system/\(unit)")
        }
        try box.install("\(packaging)/sysusers.d/rqd.conf", as: "/usr/lib/sysusers.d/rqd.conf")
        try box.run("systemd-sysusers")
        try box.write("/etc/rqd.conf", configuration())
        // The state of the application, which its jobs write.
        try box.run("install", "-d", "-o", "rqd", "/srv/app/state")
        // So that a test of the watchdog takes seconds.
        try box.write(
            "/etc/systemd/system/rqd.service.d/test.conf",
            "[Service]\nWatchdogSec=2s\nRestartSec=100ms\nReadWritePaths=/srv/app/state\n"
                + Self.visible + "[Unit]\nStartLimitIntervalSec=0\n")
    }

    /// Stops rqd and forgets all that a test left in Redis, the application and /etc.
    func reset() throws {
        try box.run("systemctl", "stop", "rqd")
        try box.run(
            "sh", "-c", "systemctl reset-failed rqd; rm -rf /etc/rqd.conf.d /srv/app/state/*")
        try box.run("systemctl", "restart", "test-redis")
    }

    /// Starts rqd; returns when it is ready.
    func start() throws {
        try explained { _ = try box.run("systemctl", "start", "rqd") }
    }

    /// Waits for a condition that no event announces.
    func wait(
        for what: String, within limit: Duration = .seconds(10), _ condition: () throws -> Bool
    ) throws {
        try explained { try eventually(what, within: limit, condition) }
    }

    /// Adds the unit's journal to an error.
    private func explained(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw HarnessError("\(error)\nThe journal of rqd:\n\(try journal())")
        }
    }

    /// One of the unit's properties, for example `ActiveState`.
    func property(_ name: String) throws -> String {
        let lines = try box.run("systemctl", "show", "--value", "--property", name, "rqd")
        return String(lines.prefix { $0 != "\n" })
    }

    /// The journal's messages of the unit, optionally only those with a field, `NAME=value`.
    func journal(_ field: String...) throws -> String {
        try box.run("journalctl", "--sync")
        let script = "journalctl --no-pager --output=cat --unit=rqd \"$@\""
        return try box.run("sh", "-c", script, "sh", field.first ?? "--all")
    }

    /// How long after the present master was started the journal has an event about a job.
    func delay(of event: String, about job: String) throws -> Duration {
        let script = """
            journalctl --sync
            journalctl --unit=rqd --lines=1 --quiet --output=short-monotonic "$@" |
                tr -d '[ .' | cut -d ']' -f 1
            """
        let entry = try box.run("sh", "-c", script, "sh", "RQD_EVENT=\(event)", "RQ_JOB_ID=\(job)")
        let start = try property("ExecMainStartTimestampMonotonic")
        guard let then = Int(entry.prefix { $0 != "\n" }), let start = Int(start) else {
            throw HarnessError("no \(event) in the journal about \(job):\n\(try journal())")
        }
        return .microseconds(then - start)
    }

    /// Enqueues a call of a function in `tasks` with one argument, and returns the job's id.
    func enqueue(_ function: String, _ argument: String) throws -> String {
        try ask("enqueue", function, argument)
    }

    /// A job's status as rq reports it, for example `started`.
    func status(of job: String) throws -> String {
        try ask("status", job)
    }

    /// How many workers rq sees.
    func workerCount() throws -> String {
        try ask("workers")
    }

    private func ask(_ words: String...) throws -> String {
        let script = "cd /srv/app && exec \"$0\" client.py \"$@\""
        // Up to three words; the program ignores the empty ones.
        let padded = words + ["", ""]
        let answer = try box.run(
            "sh", "-c", script, python.python, padded[0], padded[1], padded[2])
        return String(answer.prefix { $0 != "\n" })
    }

    /// The directories outside of the system's own that a program loads libraries from.
    private static func libraries(of program: String) throws -> [String] {
        let listed = try run(["ldd", program]).output
        let directories = listed.split(separator: "\n").compactMap { line -> String? in
            guard let start = line.firstRange(of: "=> /")?.upperBound else { return nil }
            let path = "/" + line[start...].prefix { $0 != " " }
            guard !path.hasPrefix("/lib"), !path.hasPrefix("/usr/lib") else { return nil }
            return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        }
        return Set(directories).sorted()
    }

    /// A setting that shows a service this package's files, should they lie below /tmp.
    static let visible = home + "BindReadOnlyPaths=\(PackageRoot.path)\n"

    private static let home =
        switch PackageRoot.path.split(separator: "/").first {
        case "home": "ProtectHome=tmpfs\n"
        case "root": "ProtectHome=read-only\n"
        case _: ""
        }

    /// A configuration for the application.
    ///
    /// - Parameter pool: the name of its only pool, which is its queue's name, too.
    /// - Returns: TOML.
    func configuration(pool: String = "default") -> String {
        """
        [redis]
        url = "redis://127.0.0.1:6379/0"

        [python]
        interpreter = "\(python.python)"
        directory = "/srv/app"
        preload = ["tasks"]

        [pool.\(pool)]
        workers = 4
        queues = ["\(pool)"]

        """
    }

    /// A Redis that forgets everything when it is restarted.
    ///
    /// Each test does that, which is more often than systemd likes.
    private static let redisUnit = """
        [Unit]
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        ExecStart=/usr/bin/redis-server --save "" --dir /tmp --supervised systemd

        """
}
