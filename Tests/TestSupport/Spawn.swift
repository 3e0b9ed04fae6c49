import CLinux
import Glibc

/// Starts programs without `fork`: the test runner has threads.
enum Spawn {
    /// Where a standard stream of the new process leads.
    enum Stream {
        case descriptor(Int32)
        /// Opened for reading as standard input, made anew as an output.
        case file(String)
        /// Standard error into standard output.
        case sameAsOutput
    }

    /// Starts a program: no signal blocked or ignored, no descriptor but the three.
    ///
    /// - Parameters:
    ///   - arguments: the program, looked up in `PATH` if it has no slash, and its arguments.
    ///   - environment: all of its environment.
    ///   - directory: where it starts; nil for the runner's.
    ///   - input: where its standard input comes from.
    ///   - output: where its standard output goes.
    ///   - errors: where its standard error goes.
    ///   - ownGroup: whether it leads a new process group.
    /// - Returns: its pid.
    /// - Throws: if the system does not start it.
    static func process(
        _ arguments: [String], environment: [String: String], directory: String?,
        input: Stream, output: Stream, errors: Stream, ownGroup: Bool
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let directory { _ = rqd_spawn_change_directory(&actions, directory) }
        add(input, as: 0, to: &actions)
        add(output, as: 1, to: &actions)
        add(errors, as: 2, to: &actions)
        _ = rqd_spawn_close_from(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        if ownGroup { flags |= Int32(POSIX_SPAWN_SETPGROUP) }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        var pid: pid_t = 0
        let number = withStrings(arguments) { argv in
            withStrings(variables) { envp in
                posix_spawnp(&pid, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        guard number == 0 else { throw HarnessError("posix_spawn", arguments[0], errno: number) }
        return pid
    }

    private static func add(
        _ stream: Stream, as number: Int32, to actions: inout posix_spawn_file_actions_t
    ) {
        switch stream {
        case .descriptor(let descriptor):
            posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        case .file(let path):
            let flags = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, number, path, flags, 0o600)
        case .sameAsOutput:
            posix_spawn_file_actions_adddup2(&actions, 1, number)
        }
    }

    /// Lends an array of C strings that ends with a null pointer.
    private static func withStrings<R>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
    ) -> R {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
