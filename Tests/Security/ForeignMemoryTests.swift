import Glibc
import TestSupport
import Testing

/// What a job can see of the processes of rqd that have its own user.
@Suite struct ForeignMemoryTests {
    /// Tries to open what would let it look into a process, or change it.
    private static let look = """
        import os


        def tries(pid):
            found = []
            for name, mode in (('mem', os.O_RDWR), ('mem', os.O_RDONLY), ('environ', os.O_RDONLY)):
                try:
                    os.close(os.open('/proc/%d/%s' % (pid, name), mode))
                    found.append(name)
                except PermissionError:
                    pass
            return found


        def title(pid):
            with open('/proc/%d/cmdline' % pid, 'rb') as file:
                return file.read().replace(b'\\0', b' ').strip().decode()


        def parent(pid):
            with open('/proc/%d/stat' % pid) as file:
                return int(file.read().rpartition(')')[2].split()[1])


        def look():
            # All that the daemon consists of, but for this process.
            family, seen = [os.getpid()], {}
            while not title(family[-1]).startswith('rqd: master'):
                family.append(parent(family[-1]))
            for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):
                try:
                    if pid in family[1:] or parent(pid) in family[1:] and pid != os.getpid():
                        seen[title(pid)] = tries(pid)
                except (FileNotFoundError, ProcessLookupError):
                    continue
            return repr(sorted(seen.items()))


        def own():
            return repr(tries(os.getpid()))

        """

    @Test(arguments: ["", "jobs_per_horse = 3\n"])
    func `a job looks into no process of the daemon's, nor into one that waits for a job`(
        pool: String
    ) throws {
        let daemon = try Attack.daemon(
            importing: Self.look, pool: pool,
            wrapper: Attack.nobody())
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let job = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.look').id)")
            try daemon.waitFor("finished", of: job, within: .seconds(60))
            let seen = try daemon.value(of: job)
            for title in ["rqd: master", "rqd: worker", "rqd: scheduler", "rqd: stable"] {
                try #require(seen.contains("('\(title)"), "\(title): \(seen)")
            }
            try #require(!seen.contains("mem") && !seen.contains("environ"), "\(seen)")
        }
    }

    @Test func `its own process is as open to a job as any, so that what it uses works`() throws {
        let daemon = try Attack.daemon(importing: Self.look, wrapper: Attack.nobody())
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let job = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.own').id)")
            try daemon.waitFor("finished", of: job, within: .seconds(60))
            let seen = try daemon.value(of: job)
            try #require(seen.contains("['mem', 'mem', 'environ']"), "\(seen)")
        }
    }

    @Test func `what is asked of a job's process works all the same`() throws {
        let pool = "slowlog = \"200ms\"\noom_score_adjust = 300\nlimit_core = \"4096\"\n"
        let daemon = try Attack.daemon(
            importing: Self.look, pool: pool, wrapper: Attack.nobody())
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let held = try daemon.enqueue("hold", "'a'")
            try daemon.waitForLog("in hold", within: .seconds(60))
            try daemon.directory.write("a.go", "")
            try daemon.waitFor("finished", of: held)
            let job = try daemon.enqueue("limits", "")
            try daemon.waitFor("finished", of: job, within: .seconds(60))
            let limits = try daemon.value(of: job)
            try #require(limits.contains("'300'") && limits.contains("[4096, 4096]"), "\(limits)")
            try #require(!daemon.log.contains("limit is not in force"))
        }
    }
}
