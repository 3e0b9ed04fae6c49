import CLinux
import Glibc
import Synchronization

/// Kills what the tests started if the test runner dies before it could do so itself.
///
/// A shell that reads from a socket `+ PID` for each process that was started (`+ -PID` for a
/// group) and `- PID` for each that has been reaped. The end of file means that the runner is
/// gone.
enum Guardian {
    private static let script = """
        live=' '
        while read -r verb pid; do
            case $verb in
                +) live="$live$pid " ;;
                -) case $live in *" $pid "*)
                       live="${live%% $pid *} ${live#* $pid }" ;; esac ;;
            esac
        done
        for pid in $live; do kill -s KILL -- "$pid"; done
        """

    /// The runner's end of the socket, or -1 before the first process.
    private static let line = Mutex<Int32>(-1)

    /// Takes a process, or with a negative number a group, into care.
    static func watch(_ pid: pid_t) throws {
        try say("+ \(pid)\n")
    }

    /// Forgets what has been reaped: its number may soon be another's.
    static func forget(_ pid: pid_t) throws {
        try say("- \(pid)\n")
    }

    private static func say(_ text: String) throws {
        try line.withLock { descriptor in
            if descriptor < 0 { descriptor = try start() }
            let bytes = Array(text.utf8)
            guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
                throw HarnessError("send", "guardian", errno: errno)
            }
        }
    }

    private static func start() throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw HarnessError("socketpair", "guardian", errno: errno)
        }
        defer { close(ends[1]) }
        _ = try Spawn.process(
            ["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], directory: nil,
            input: .descriptor(ends[1]), output: .file("/dev/null"), errors: .file("/dev/null"),
            ownGroup: true)
        return ends[0]
    }
}
