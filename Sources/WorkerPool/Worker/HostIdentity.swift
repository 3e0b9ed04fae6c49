import Glibc

/// Which host, boot and process a worker's name belongs to.
///
/// In Redis as `HOST PROCESS`: the machine's id, the boot's id and the pid namespace, joined by
/// `/`; then pid and start time, joined by `:`. So a process that is gone can be told from one on
/// another machine, in another container or of an earlier boot.
enum HostIdentity {
    /// The name of this machine.
    static let hostname: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: name, as: UTF8.self)
    }()

    /// Machine, boot and pid namespace.
    static let host: String = {
        let machine = firstLine(of: "/etc/machine-id")
        let boot = firstLine(of: "/proc/sys/kernel/random/boot_id")
        return "\(machine)/\(boot)/\(pidNamespace)"
    }()

    /// This process.
    static var process: String {
        let pid = getpid()
        return "\(pid):\(ProcessIdentity.of(pid)?.startTime ?? 0)"
    }

    /// Both, as the hash of rqd's workers keeps them.
    static var holder: String { "\(host) \(process)" }

    /// Whether the holder of a name is known to be dead: another process of this boot and
    /// namespace that has ended, or any of an earlier boot of this machine.
    static func isDead(holder: String) -> Bool {
        let parts = holder.split(separator: " ")
        guard parts.count == 2 else { return false }
        let theirs = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        let ours = host.split(separator: "/", omittingEmptySubsequences: false)
        guard theirs.count == 3, ours.count == 3 else { return false }
        if theirs == ours { return !isAlive(parts[1]) }
        let isSameMachine = !theirs[0].isEmpty && theirs[0] == ours[0]
        return isSameMachine && theirs[1] != ours[1]
    }

    /// Whether the holder of a name is a process of this kernel's, in a namespace that we do not
    /// see: a container's, which may be gone.
    static func isOutOfSight(holder: String) -> Bool {
        let parts = holder.split(separator: " ")
        guard parts.count == 2 else { return false }
        let theirs = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        let ours = host.split(separator: "/", omittingEmptySubsequences: false)
        guard theirs.count == 3, ours.count == 3, !ours[1].isEmpty else { return false }
        return theirs[1] == ours[1] && theirs[2] != ours[2]
    }

    /// Whether the holder of a name is a process of this boot and namespace that still runs.
    static func isAlive(holder: String) -> Bool {
        let parts = holder.split(separator: " ")
        return parts.count == 2 && parts[0] == host && isAlive(parts[1])
    }

    private static func isAlive(_ process: Substring) -> Bool {
        let numbers = process.split(separator: ":")
        guard numbers.count == 2, let pid = Int32(numbers[0]), let start = UInt64(numbers[1])
        else { return true }
        if ProcessIdentity(pid: pid, startTime: start).isAlive { return true }
        // It may be hidden (hidepid=): it is there then, and may be the one.
        return ProcessStat(pid: pid) == nil && pid > 1 && (kill(pid, 0) == 0 || errno == EPERM)
    }

    /// The number of this process's pid namespace; "" where the kernel does not say.
    static let pidNamespace: String = {
        var buffer = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/ns/pid", &buffer, buffer.count)
        guard length > 0 else { return "" }
        let digits = buffer[..<length].map(UInt8.init(bitPattern:)).filter { $0 >= 48 && $0 <= 57 }
        return String(decoding: digits, as: UTF8.self)
    }()

    private static func firstLine(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let length = read(file, &buffer, buffer.count)
        guard length > 0 else { return "" }
        return String(decoding: buffer[..<length].prefix { $0 > 32 }, as: UTF8.self)
    }
}
