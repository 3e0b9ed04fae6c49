import Glibc
import TestSupport
import Testing

/// The rights of everything that runs code of the application, of a daemon that has more.
@Suite struct RightsTests {
    /// Notes the rights of each interpreter that imports it, and of each job.
    private static let notes = """
        import os


        def note(who):
            with open('/proc/self/status') as file:
                status = dict(line.rstrip('\\n').split(':\\t', 1) for line in file if ':\\t' in line)
            names = ['CapEff', 'CapPrm', 'CapInh', 'CapAmb', 'NoNewPrivs', 'CapBnd']
            words = [who] + [status[name] for name in names] + [status['Uid'].split()[0]]
            with open('rights.log', 'a') as file:
                file.write(' '.join(words) + '\\n')


        def run():
            note('job')
            return 'noted'


        os.umask(0)
        note('import')

        """

    /// A pool of the daemon's own account and one of another's, in horses and under RQ's worker.
    static let pools = ["", Attack.hosted, Attack.user, Attack.user + Attack.hosted]

    @Test(arguments: pools)
    func `no interpreter and no job has a capability, or a way to one`(pool: String) throws {
        let daemon = try Attack.daemon(
            importing: Self.notes, pool: pool, wrapper: Attack.capable)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let job = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.run').id)")
            try daemon.waitFor("finished", of: job, within: .seconds(60))
            // The reload's trial and the stable that follows it, the canary's horse, and check.
            try daemon.directory.write("app/again.py", "import app.attack as a; a.note('trial')\n")
            let file = daemon.directory.file("rqd.conf")
            let text = String(decoding: try readFile(file), as: UTF8.self)
            let changed = text.replacing(
                "\"app.attack\"]", with: "\"app.attack\", \"app.again\"]")
            try daemon.directory.write("rqd.conf", changed)
            daemon.send(SIGHUP)
            try daemon.waitForLog("reload is done", within: .seconds(60))
            let check = try run(
                Attack.capable + [daemon.program, "check", "--connect", "-c", file])
            try #require(check.ending == .exited(code: 0), "\(check.errorOutput)")
            let noted = String(
                decoding: try readFile(daemon.directory.file("rights.log")), as: UTF8.self)
            let lines = noted.split(separator: "\n")
            try #require(lines.count(where: { $0.hasPrefix("job ") }) == 1)
            try #require(lines.count(where: { $0.hasPrefix("trial ") }) > 1)
            let none = Array(repeating: String(repeating: "0", count: 16), count: 4)
            let owner = pool.hasPrefix("user") ? " 1" : " 65534"
            for line in lines {
                let words = line.split(separator: " ")
                try #require(words[1...4].elementsEqual(none.map { $0[...] }), "\(line)")
                // The bounding set is of no use to who may get no new privileges.
                try #require(words[5] == "1" && line.hasSuffix(owner), "\(line)")
            }
        }
    }

    @Test func `root's daemon takes the bounding set from jobs of another user, too`() throws {
        let daemon = try Attack.daemon(importing: Self.notes, pool: Attack.user)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try daemon.waitForLog("default/0: listening", within: .seconds(60))
            let noted = String(
                decoding: try readFile(daemon.directory.file("rights.log")), as: UTF8.self)
            let none = String(repeating: "0", count: 16)
            try #require(noted.hasPrefix("import \(none) \(none) \(none) \(none) 1 \(none) 1\n"))
        }
    }
}
