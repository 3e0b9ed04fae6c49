import Glibc
import RedisKit
import TestSupport
import Testing

/// A job has changed its slot stable, or its worker class's interpreter, and that one lies.
@Suite struct ForgedPidTests {
    /// The victim is root's, and no process of the daemon's.
    private static func lyingSlotStable(_ pid: Int32) -> String {
        Attack.names + """
            slot_stable = names.get('SlotStable')
            if slot_stable:
                def lie(self, data, rights=(), send=slot_stable.send):
                    if data.startswith(b'horse'):
                        data = b'horse\\0%d' % \(pid)
                    send(self, data, rights)
                slot_stable.send = lie

            """
    }

    @Test func `a worker that may kill everybody kills nobody whom its slot stable names`() throws {
        let victim = try ChildProcess(["sleep", "600"])
        for pid in [victim.pid, 1, -1, 0, getpid()] {
            let daemon = try Attack.daemon(
                importing: Self.lyingSlotStable(pid), pool: Attack.user, wrapper: Attack.capable)
            try daemon.explain {
                try daemon.start(isAwaited: false)
                try daemon.enqueue("hold", "'a'")
                try daemon.waitForLog("process \(pid) is none of this pool's", within: .seconds(60))
                // A cold stop kills what is taken for the job's process.
                daemon.send(SIGQUIT)
                try #require(try daemon.wait() == .exited(code: 0))
                try #require(try WatchedProcess(victim.pid).isAlive)
                try #require(!daemon.log.contains("worker died"), "\(daemon.log)")
            }
        }
    }

    @Test func `nor whom the interpreter of a worker class names`() throws {
        let victim = try ChildProcess(["sleep", "600"])
        let lie =
            Attack.names + """
                def lie(*parts, tell=names.get('tell')):
                    tell(*((parts[0], \(victim.pid)) if parts[0] == 'horse' else parts))
                names['tell'] = lie

                """
        let daemon = try Attack.daemon(
            importing: lie, pool: Attack.user + Attack.hosted, wrapper: Attack.capable)
        try daemon.explain {
            try daemon.start(isAwaited: false)
            let job = try daemon.enqueue("hold", "'a'")
            try daemon.waitFor("started", of: job, within: .seconds(60))
            let horse = try daemon.process(from: "a.pid")
            // The successor ends what the dead one's job is said to have run in.
            try daemon.process("rqd: worker default/0").send(SIGKILL)
            try horse.waitForEnd()
            _ = try daemon.process(from: "a.pid", otherThan: horse)
            try #require(try WatchedProcess(victim.pid).isAlive)
        }
    }
}
