import Glibc
import RedisKit
import TestSupport
import Testing

/// How much of a worker's memory a job can take.
@Suite struct BoundTests {
    /// Sends a result without end, or an honest one that is too long.
    private static let flood = """
        import sys


        def flood(announced):
            frame = sys._getframe()
            while 'sock' not in frame.f_locals:
                frame = frame.f_back
            sock = frame.f_locals['sock']
            sock.sendall(b'*3\\r\\n$8\\r\\nreturned\\r\\n$5\\r\\nvalue\\r\\n$%d\\r\\n' % announced)
            while True:
                sock.sendall(b'x' * (1 << 20))


        def long(count):
            return b'x' * count

        """

    @Test func `a result without end fails its job by name and figure, and costs no more`() throws {
        let daemon = try Attack.daemon(
            importing: Self.flood, pool: "max_result_size = \"1M\"\n", wrapper: Attack.nobody())
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try daemon.waitForLog("default/0: listening", within: .seconds(60))
            let worker = try daemon.process("rqd: worker default/0")
            let bad = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.flood', 500_000_000).id)")
            let long = try daemon.python(
                "print(Queue(connection=redis).enqueue('app.attack.long', 2_000_000).id)")
            let good = try daemon.enqueue("add", "1, 2")
            try daemon.waitFor("finished", of: good, within: .seconds(60))
            try #require(try daemon.status(of: bad) == "failed")
            try #require(try daemon.status(of: long) == "failed")
            try daemon.waitForLog("has more than 1048576 bytes, which is max_result_size")
            let line = try daemon.waitForLog("max_result_size is 1048576")
            try #require(line.contains("the return value has 20000"), "\(line)")
            let status = String(
                decoding: try readFile("/proc/\(worker.pid)/status"), as: UTF8.self)
            let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
            let kibibytes = try #require(peak.split { !$0.isNumber }.first.flatMap { Int($0) })
            try #require(worker.isAlive && kibibytes < 128 << 10, "\(peak)")
        }
    }

    @Test func `what has no end where a pipe should be is not read`() throws {
        let lie =
            Attack.names + """
                import os, struct
                slot_stable = names.get('SlotStable')
                if slot_stable:
                    def lie(self, data, rights=(), send=slot_stable.send):
                        if data.startswith(b'hello'):
                            fd = os.open('/dev/zero', os.O_RDONLY)
                            rights = (rights[0][:2] + (struct.pack('i', fd),),)
                        send(self, data, rights)
                    slot_stable.send = lie

                """
        let daemon = try Attack.daemon(importing: lie, wrapper: Attack.nobody())
        try daemon.explain {
            try daemon.start(isAwaited: false)
            try daemon.waitForLog("a descriptor is of another kind", within: .seconds(60))
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
        }
    }
}
