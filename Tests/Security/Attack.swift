import Glibc
import TestSupport

/// A daemon whose application is the attacker's.
///
/// What a job can do it can do for good: to the interpreter it was forked from, to the files of the
/// application. So the attacks are modules that the application imports.
enum Attack {
    /// Makes a daemon with a module `app.attack`, which is preloaded; `start` starts it.
    ///
    /// - Parameters:
    ///   - module: its Python code.
    ///   - pool: further lines of the pool's section, in TOML.
    ///   - wrapper: what starts rqd.
    /// - Returns: the daemon, which other users can reach.
    /// - Throws: what has no place.
    static func daemon(
        importing module: String, pool: String = "", wrapper: [String] = []
    ) throws -> Daemon {
        let server = try RedisServer(arguments: ["--unixsocketperm", "777"])
        var settings = Daemon.Settings()
        settings.pool =
            pool + "\n[pool.default.python]\npreload = [\"app.tasks\", \"app.attack\"]\n"
        settings.wrapper = wrapper
        settings.isForOthers = true
        let daemon = try Daemon(settings, on: server)
        try daemon.directory.write("app/attack.py", module)
        try open(daemon)
        return daemon
    }

    /// Lets other users into the places of a daemon.
    static func open(_ daemon: Daemon) throws {
        let socket = daemon.server.socketPath
        guard let slash = socket.lastIndex(of: "/") else {
            throw HarnessError("no directory in \(socket)")
        }
        for path in [daemon.directory.path, String(socket[..<slash])] {
            guard chmod(path, 0o777) == 0 else { throw HarnessError("chmod", path, errno: errno) }
        }
    }

    /// What starts rqd as `nobody`, with no more rights than these.
    static func nobody(_ capabilities: String...) -> [String] {
        let list = (["-all"] + capabilities.map { "+\($0)" }).joined(separator: ",")
        return [
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=\(list)",
            "--ambient-caps=\(list)", "--bounding-set=\(list)",
        ]
    }

    /// A daemon that is not root and has what it needs for pools with a `user`.
    static let capable = nobody("setuid", "setgid", "kill")

    /// The pool's jobs have the rights of this user, whom every system has.
    static let user = "user = \"daemon\"\n"

    /// Has a job run it that hosts RQ's own worker.
    static let hosted = "worker_class = \"rq.worker.Worker\"\n"

    /// Python code that finds the names of rqd's own script, from a module that it imports.
    static let names = """
        import sys
        frame = sys._getframe()
        while frame and frame.f_globals.get('__name__') != 'rqd':
            frame = frame.f_back
        names = frame.f_globals if frame else {}

        """
}
