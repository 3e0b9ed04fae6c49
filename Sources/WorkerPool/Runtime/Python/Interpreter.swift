import CLinux
import Glibc

/// The application's interpreter, about to run a script of ours in the place of this process.
///
/// *A fresh child.* Settings and source are handed over in files without a name: arguments are
/// seen by `ps`.
struct Interpreter {
    private let python: PythonConfiguration
    private let redis: RedisConfiguration
    private let account: JobAccount

    /// Which interpreter, where, whose keys its rq is to use, and whose rights it has.
    init(_ python: PythonConfiguration, _ redis: RedisConfiguration, _ account: JobAccount) {
        self.python = python
        self.redis = redis
        self.account = account
    }

    /// Replaces this process by the interpreter.
    ///
    /// - Parameters:
    ///   - name: of the script, for tracebacks.
    ///   - source: the script.
    ///   - settings: what it reads from `SETTINGS_FD`.
    ///   - descriptors: what else it inherits, by the names of its variables.
    /// - Returns: never; it replaces the process or throws.
    /// - Throws: why the interpreter could not be started.
    func become(
        _ name: String, source: [UInt8], settings: [UInt8], descriptors: [String: Int32]
    ) throws(SystemCallError) -> Int32 {
        let settingsFile = try memoryFile("rqd-settings", settings)
        let sourceFile = try memoryFile(name, source)
        try enter()
        for descriptor in [settingsFile, sourceFile] + descriptors.values {
            rqd_set_cloexec(descriptor, 0)
        }
        let numbers = descriptors.merging(["SETTINGS_FD": settingsFile, "SOURCE_FD": sourceFile]) {
            $1
        }
        let names = numbers.sorted { $0.key < $1.key }.map { "'\($0.key)':\($0.value)" }
        // One expression, and names of its own for the script: `__main__` is as plain as that of
        // any program. multiprocessing imports it anew where it does not fork.
        let program =
            Self.cleanPath
            + "exec(compile(__import__('os').pread(\(sourceFile),\(source.count),0),'\(name)','exec'),"
            + "{'__name__':'rqd',\(names.joined(separator: ","))})"
        // The blank argument is room for the title that the script writes over all of them.
        throw execute([python.interpreter, "-c", program, Self.blank])
    }

    /// Why an interpreter could not be started, in one line.
    static func reason(_ python: PythonConfiguration, _ error: String) -> String {
        "cannot start the interpreter \(python.interpreter): \(error)"
    }

    /// What each program given to `-c` begins with: one statement that leaves no name behind.
    ///
    /// Thus it finds no module in the directory that it happens to be started in. Python 3.11 has an
    /// option for that; the application's own directories come later, and are named.
    static let cleanPath = "__import__('sys').path[:]=filter(None,__import__('sys').path);"

    private static let blank = String(repeating: " ", count: 160)

    /// An anonymous file that holds these bytes, read from its start.
    private func memoryFile(
        _ name: String, _ bytes: [UInt8]
    ) throws(SystemCallError) -> Int32 {
        let file = rqd_memfd_create(name)
        guard file >= 0 else { throw .last("memfd_create", name) }
        guard write(file, bytes, bytes.count) == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
            throw .last("write", name)
        }
        return file
    }

    /// The rights, the directory, the environment and the empty standard input that the application finds.
    private func enter() throws(SystemCallError) {
        try account.assume()
        if let directory = python.directory, chdir(directory) != 0 {
            throw .last("chdir", directory)
        }
        let empty = open("/dev/null", O_RDONLY)
        guard empty >= 0, dup2(empty, 0) >= 0 else { throw .last("open", "/dev/null") }
        close(empty)
        ApplicationEnvironment.enter(python, keyPrefix: redis.keyPrefix, of: account)
    }

    /// Never returns but with the reason why it failed.
    private func execute(_ arguments: [String]) -> SystemCallError {
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp(arguments[0], pointers)
        return .last("execvp", arguments[0])
    }
}
