import CLinux
import Glibc
import TestSupport
import Testing

/// Pools whose jobs have another user's rights.
@Suite struct AccountTests {
    /// The user `daemon`, whom every system has, as a job of its own sees it.
    private static let daemonRights =
        "'1,1,1,1 1,1,1,1 1 0000000000000000 0000000000000000 0000000000000000 0000000000000000 1"
        + " 27 /usr/sbin daemon'"

    /// A daemon in a directory that everybody may write to.
    private static func daemon(_ pool: String, wrapper: [String] = []) throws -> Daemon {
        let server = try RedisServer(arguments: ["--unixsocketperm", "777"])
        var settings = Daemon.Settings()
        settings.pool = pool
        settings.wrapper = wrapper
        settings.isForOthers = true
        let daemon = try Daemon(settings, on: server)
        guard let slash = server.socketPath.lastIndex(of: "/") else {
            throw HarnessError("no directory in \(server.socketPath)")
        }
        for path in [daemon.directory.path, String(server.socketPath[..<slash])] {
            guard chmod(path, 0o777) == 0 else { throw HarnessError("chmod", path, errno: errno) }
        }
        return daemon
    }

    /// What starts rqd as `nobody`, with no more rights than these.
    private static func nobody(_ capabilities: [String]) -> [String] {
        let list = (["-all"] + capabilities.map { "+\($0)" }).joined(separator: ",")
        return [
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=\(list)",
            "--ambient-caps=\(list)", "--bounding-set=\(list)",
        ]
    }

    /// A daemon of root's, and one that has just the capabilities that it needs.
    static let ways = [[], nobody(["setuid", "setgid", "kill"])]

    private static let pool = "user = \"daemon\"\numask = \"027\"\n"

    @Test(.enabled(if: geteuid() == 0, "root's daemon is root's to start"))
    func `jobs that run as root are warned of once, and others are not`() throws {
        let said = "jobs run as root"
        for (pool, count) in [("", 1), (Self.pool, 0)] {
            let daemon = try Self.daemon(pool)
            try daemon.explain {
                try daemon.start()
                let lines = daemon.log.split(separator: "\n").filter { $0.contains(said) }
                try #require(lines.count == count)
                try #require(lines.allSatisfy { $0.contains("pools=default") })
            }
        }
    }

    @Test(arguments: ways)
    func `jobs have the rights of the pool's user and no other`(wrapper: [String]) throws {
        let daemon = try Self.daemon(Self.pool, wrapper: wrapper)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("rights", "")
            try daemon.waitFor("finished", of: job)
            let rights = try daemon.value(of: job)
            try #require(rights == Self.daemonRights, "\(rights)")
        }
    }

    @Test(arguments: [[], nobody(["setuid", "setgid", "kill", "sys_nice"])])
    func `they have the place in the queues of the machine that their pool gives them`(
        wrapper: [String]
    ) throws {
        let limits = "nice = 7\nio_scheduling_class = \"idle\"\ncpu_affinity = \"0\""
        let daemon = try Self.daemon(Self.pool + limits, wrapper: wrapper)
        try daemon.explain {
            try daemon.start()
            let job = try daemon.enqueue("limits", "")
            try daemon.waitFor("finished", of: job)
            let found = try daemon.value(of: job)
            try #require(found.hasPrefix("[7, [0], '") && found.hasSuffix(", 3]"), "\(found)")
            try #require(!daemon.log.contains("limit is not in force"))
        }
    }

    @Test func `without the right for it, what their pool gives them is told not to hold`() throws {
        let wrapper = Self.nobody(["setuid", "setgid", "kill"])
        let daemon = try Self.daemon(Self.pool + "nice = 7", wrapper: wrapper)
        try daemon.explain {
            try daemon.start()
            let line = try daemon.waitForLog("limit is not in force")
            try #require(line.contains("limit=nice reason="), "\(line)")
        }
    }

    @Test(arguments: ways)
    func `they are killed by timeouts, commands and stops all the same`(wrapper: [String]) throws {
        let daemon = try Self.daemon("\(Self.pool)timeout_grace = \"0s\"", wrapper: wrapper)
        try daemon.explain {
            try daemon.start()
            let late = try daemon.enqueue("hold_against", "'a', ['SIGALRM'], job_timeout=1")
            try daemon.waitFor("failed", of: late)
            let stopped = try daemon.enqueue("hold", "'b'")
            let horse = try daemon.process(from: "b.pid")
            try daemon.python("rq.command.send_stop_job_command(redis, '\(stopped)')")
            try daemon.waitFor("stopped", of: stopped)
            try horse.waitForEnd()
            let held = try daemon.enqueue("hold", "'c'")
            let last = try daemon.process(from: "c.pid")
            daemon.send(SIGQUIT)
            try last.waitForEnd()
            try #require(try daemon.wait() == .exited(code: 0))
            try #require(try daemon.status(of: held) == "queued")
        }
    }

    @Test(arguments: ways)
    func `they end with their worker and with the master`(wrapper: [String]) throws {
        let daemon = try Self.daemon(Self.pool, wrapper: wrapper)
        try daemon.explain {
            try daemon.start()
            try daemon.enqueue("hold", "'a'")
            let horse = try daemon.process(from: "a.pid")
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try horse.waitForEnd(within: .seconds(2))
            let next = try daemon.process(from: "a.pid", otherThan: horse)
            let family = daemon.family
            daemon.send(SIGKILL)
            for process in family + [next] { try process.waitForEnd(within: .seconds(2)) }
        }
    }

    @Test(arguments: ["", "worker_class = \"rq.worker.SimpleWorker\"\n"])
    func `jobs of a pool without a user have what the unit grants but the daemon's capabilities`(
        pool: String
    ) throws {
        let granted = Self.nobody(["setuid", "setgid", "kill", "net_raw"])
        let daemon = try Self.daemon(pool, wrapper: granted)
        try daemon.explain {
            try daemon.start(isAwaited: pool.isEmpty)
            let job = try daemon.enqueue("rights", "")
            try daemon.waitFor("finished", of: job)
            let rights = try daemon.value(of: job)
            let rawSockets = Array(repeating: "0000000000002000", count: 4)
            let expected = " \(rawSockets.joined(separator: " ")) 1 "
            try #require(rights.contains(expected), "\(rights)")
        }
    }

    @Test func `a worker keeps the right to kill and no other`() throws {
        let daemon = try Self.daemon(Self.pool, wrapper: Self.ways[1])
        try daemon.explain {
            try daemon.start()
            for (title, bits) in [("rqd: worker", "20"), ("rqd: scheduler", "0")] {
                let process = try daemon.process(title)
                let status = String(
                    decoding: try readFile("/proc/\(process.pid)/status"), as: UTF8.self)
                let left = "CapEff:\t" + String(repeating: "0", count: 16 - bits.count) + bits
                try #require(status.contains(left), "\(title): \(status)")
            }
        }
    }

    @Test func `the interpreter of a worker class has the pool's user, too`() throws {
        let hosted = "worker_class = \"rq.worker.SimpleWorker\"\n"
        let daemon = try Self.daemon(Self.pool + hosted, wrapper: Self.ways[1])
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let job = try daemon.enqueue("rights", "")
            try daemon.waitFor("finished", of: job)
            let rights = try daemon.value(of: job)
            try #require(rights == Self.daemonRights, "\(rights)")
        }
    }

    @Test func `without the right to become that user nothing starts, and check says why`() throws {
        let daemon = try Self.daemon(Self.pool, wrapper: Self.nobody(["setuid", "setgid"]))
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try #require(try daemon.wait() == .exited(code: 78))
            let complaint =
                "pool.default.user: to run jobs as daemon, rqd must be root or have "
                + "CAP_SETUID, CAP_SETGID and CAP_KILL"
            try #require(daemon.log.contains(complaint), "\(daemon.log)")
            let check = try run(
                Self.nobody([]) + [
                    try BuiltProgram.rqd(), "check", "-c", daemon.directory.file("rqd.conf"),
                ])
            try #require(check.ending == .exited(code: 78))
            try #require(check.errorOutput.contains(complaint), "\(check.errorOutput)")
        }
    }
}
