import CLinux
import Glibc

/// What the defaults depend on: facts about the machine and the process.
public struct Surroundings: Sendable {
    /// The processors that this process may use, by its affinity and by the quota of its control
    /// groups; at least 1.
    public var cores: Int
    /// Whether the process is root, and so likely the system's service.
    public var isRoot: Bool
    /// The virtual environment that this program is installed in; nil if it is in none.
    public var virtualEnvironment: String?
    /// Whether a path is a program that this process may run.
    public var isExecutable: @Sendable (String) -> Bool

    /// States the facts by hand, as tests do.
    ///
    /// - Parameters:
    ///   - cores: the processors; at least 1.
    ///   - isRoot: whether the process is root.
    ///   - virtualEnvironment: the one that the program is installed in.
    ///   - isExecutable: whether a path is a program that may be run.
    public init(
        cores: Int, isRoot: Bool, virtualEnvironment: String? = nil,
        isExecutable: @escaping @Sendable (String) -> Bool
    ) {
        self.cores = cores
        self.isRoot = isRoot
        self.virtualEnvironment = virtualEnvironment
        self.isExecutable = isExecutable
    }

    /// The facts about this process.
    public static func current() -> Surroundings {
        var allowed = [UInt64](repeating: 0, count: 128)
        let length = rqd_allowed_cores(&allowed, allowed.count * 8)
        let cores =
            length > 0
            ? allowed.reduce(0) { $0 + $1.nonzeroBitCount } : sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return Surroundings(
            cores: max(1, min(cores, ProcessorQuota.processors() ?? cores)),
            isRoot: geteuid() == 0, virtualEnvironment: ownEnvironment(),
            isExecutable: { path in
                var status = stat()
                return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
                    && access(path, X_OK) == 0
            })
    }

    /// The virtual environment in whose `bin` this program lies, as `pip install` puts it there.
    ///
    /// Source: PEP 405: the file pyvenv.cfg makes a directory one.
    private static func ownEnvironment() -> String? {
        guard let program = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(program) }
        let parts = String(cString: program).split(separator: "/")
        guard parts.count > 2, parts.dropLast().last == "bin" else { return nil }
        let directory = "/" + parts.dropLast(2).joined(separator: "/")
        return access("\(directory)/pyvenv.cfg", F_OK) == 0 ? directory : nil
    }

    /// The path of a program as a shell would find it.
    ///
    /// - Parameters:
    ///   - name: an absolute path, which is returned as it is, or a bare name.
    ///   - path: the value of `PATH`; relative entries in it are passed over.
    /// - Returns: nil if no directory of `path` has it.
    func program(_ name: String, path: String?) -> String? {
        guard !name.hasPrefix("/") else { return name }
        return (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            .filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first(where: isExecutable)
    }
}
