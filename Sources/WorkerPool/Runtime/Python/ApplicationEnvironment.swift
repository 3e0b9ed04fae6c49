import CLinux
import Glibc

/// The environment of each interpreter that runs code of the application, and so of its jobs.
///
/// *A fresh child, before it becomes another program.* What the administrator gives the service is
/// the application's, too, but for what is rqd's own: its settings, its credentials, what the
/// service manager tells it. Whatever `[python.environment]` of the pool names goes in.
enum ApplicationEnvironment {
    /// Beginnings of names that do not go in.
    private static let withheld = [
        "RQD_", "RQ_REDIS_", "RQ_SENTRY_", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_",
        "LISTEN_", "FDSTORE", "MAINPID", "MEMORY_PRESSURE_",
    ]

    /// Beginnings of names that are of the daemon's user, and not of another one's.
    private static let personal = [
        "SSH_", "SUDO_", "XDG_", "DBUS_", "KRB5", "GPG_", "MAIL", "SHELL",
    ]

    /// Makes it of this process's own.
    ///
    /// - Parameters:
    ///   - python: with what the pool adds.
    ///   - keyPrefix: the prefix of the keys in Redis, which rq reads from the environment.
    ///   - account: whose rights the interpreter has.
    static func enter(_ python: PythonConfiguration, keyPrefix: String, of account: JobAccount) {
        for name in names where !goesIn(name, of: account) { unsetenv(name) }
        setenv("RQ_KEY_PREFIX", keyPrefix, 1)
        for (name, value) in python.environment { setenv(name, value, 1) }
    }

    /// Whether a variable of the daemon's is the application's, too.
    static func goesIn(_ name: String, of account: JobAccount) -> Bool {
        let kept = account.user == nil ? withheld : withheld + personal
        return !kept.contains { name.hasPrefix($0) }
    }

    private static var names: [String] {
        var names: [String] = []
        var entry = rqd_environment()
        while let text = entry?.pointee {
            names.append(String(String(cString: text).prefix { $0 != "=" }))
            entry = entry?.successor()
        }
        return names
    }
}
