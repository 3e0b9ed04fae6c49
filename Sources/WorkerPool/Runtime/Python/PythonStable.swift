import CLinux
import FoundationEssentials
import Glibc

/// The stable's process: the application's interpreter with our script in it.
enum PythonStable {
    /// What the script is told, as JSON: nothing of it stands in its arguments, where `ps` shows it.
    private struct Settings: Encodable {
        let name: String
        let url: String
        let path: [String]
        let preload: [String]
        let serializer: String?
        let job_class: String?
        let queue_class: String?
        let connection_class: String?
        let death_penalty_class: String?
        let exception_handlers: [String]
        let work_horse_killed_handler: String?
        let sentry_dsn: String?
        let sentry_ca_certs: String?
        let sentry_debug: Bool
    }

    /// Replaces this process, a fresh child of the master, by the interpreter.
    ///
    /// *Stable process.*
    ///
    /// - Parameters:
    ///   - python: which interpreter, where, with what preloaded.
    ///   - redis: handed to the application for code that asks for its connection.
    ///   - control: the socket on which workers ask for a slot stable.
    /// - Returns: an exit status (78), only when the interpreter could not be started; the reason
    ///   is on standard error.
    static func run(
        _ python: PythonConfiguration, redis: RedisConfiguration, control: Int32
    ) -> Int32 {
        do {
            let settings = Settings(
                name: python.preload.first ?? "python", url: redis.url, path: python.path,
                preload: python.preload, serializer: python.serializer,
                job_class: python.jobClass, queue_class: python.queueClass,
                connection_class: python.connectionClass,
                death_penalty_class: python.deathPenaltyClass,
                exception_handlers: python.exceptionHandlers,
                work_horse_killed_handler: python.workHorseKilledHandler,
                sentry_dsn: python.sentryDSN, sentry_ca_certs: python.sentryCACerts,
                sentry_debug: python.sentryDebug)
            let json = try JSONEncoder().encode(settings)
            let source =
                PackageResources.horse_py + PackageResources.frames_py
                + PackageResources.instruments_py + PackageResources.errand_py
                + PackageResources.stable_py
            let settingsFile = try memoryFile("rqd-settings", Array(json))
            let sourceFile = try memoryFile("rqd-stable", source)
            try enter(python, redis: redis)
            keepOpen([settingsFile, sourceFile, control])
            let program = """
                SETTINGS_FD=\(settingsFile);CONTROL_FD=\(control)
                with open(\(sourceFile), 'rb') as source:
                    code = compile(source.read(), 'rqd-stable', 'exec')
                exec(code)
                """
            // The blank argument is room for the title that the script writes over all of them.
            let error = execute([python.interpreter, "-c", program, blank])
            throw error
        } catch {
            let line = "rqd: cannot start the interpreter \(python.interpreter): \(error)\n"
            _ = line.withCString { write(2, $0, strlen($0)) }
            return 78
        }
    }

    private static let blank = String(repeating: " ", count: 160)

    /// An anonymous file that holds these bytes, read from its start.
    private static func memoryFile(
        _ name: String, _ bytes: [UInt8]
    ) throws(SystemCallError) -> Int32 {
        let file = rqd_memfd_create(name)
        guard file >= 0 else { throw .last("memfd_create", name) }
        guard write(file, bytes, bytes.count) == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
            throw .last("write", name)
        }
        return file
    }

    /// The directory, the environment and the empty standard input that the application finds.
    private static func enter(
        _ python: PythonConfiguration, redis: RedisConfiguration
    ) throws(SystemCallError) {
        if let directory = python.directory, chdir(directory) != 0 {
            throw .last("chdir", directory)
        }
        let empty = open("/dev/null", O_RDONLY)
        guard empty >= 0, dup2(empty, 0) >= 0 else { throw .last("open", "/dev/null") }
        close(empty)
        setenv("RQ_KEY_PREFIX", redis.keyPrefix, 1)
        for (name, value) in python.environment { setenv(name, value, 1) }
    }

    private static func keepOpen(_ descriptors: [Int32]) {
        for descriptor in descriptors { rqd_set_cloexec(descriptor, 0) }
    }

    /// Never returns but with the reason why it failed.
    private static func execute(_ arguments: [String]) -> SystemCallError {
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp(arguments[0], pointers)
        return .last("execvp", arguments[0])
    }
}
