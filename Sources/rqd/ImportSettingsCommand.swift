import ArgumentParser
import Glibc
import WorkerPool

/// `rqd import-settings`: an RQ settings module as a configuration of rqd's.
struct ImportSettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-settings",
        abstract: "Write the rqd.conf that an RQ settings module comes to.",
        discussion: """
            SETTINGS is what follows `rq worker -c`: a module, or its file. It is imported by the \
            interpreter of the active virtual environment ($VIRTUAL_ENV), else python3, from \
            the directory in which rq was started. What has no equivalent is said in comments.

            EXAMPLES
              rqd import-settings settings
              rqd import-settings app.rq_settings -P src -o rqd.conf
              rqd import-settings ./settings.py -o rqd.conf && rqd check -c ./rqd.conf

            EXIT STATUS
              0 written, 78 the module is wrong, or the file is there already
            """)

    @Argument(help: "The settings module: a dotted name, or a file.")
    var settings: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A new file to write to. (default: standard output)", valueName: "file"))
    var output: String?

    @Option(
        name: [.customShort("P"), .long],
        help: "Where Python finds the module; may be repeated. (default: .)")
    var path: [String] = []

    func run() throws {
        let text: String
        do {
            let loaded = try ConfigurationLoader.loadWithoutFiles(
                environment: Environment.variables(),
                overrides: path.isEmpty
                    ? [] : [Override("python.path", list: path, flag: "--path")])
            try loaded.checkMachine()
            let module = try SettingsModule.read(
                settings, by: loaded.python, keyPrefix: loaded.configuration.redis.keyPrefix)
            text = try module.configuration(
                python: loaded.python, directory: try Self.currentDirectory())
        } catch let error as SettingsError {
            Complaint.say("rqd: \(error)")
            throw ExitStatus.configuration.error
        } catch let error as ConfigurationError {
            Complaint.say("\(error)")
            throw ExitStatus.configuration.error
        }
        guard let output else { return print(text, terminator: "") }
        try Self.write(text, to: output)
    }

    private static func currentDirectory() throws -> String {
        guard let path = getcwd(nil, 0) else {
            Complaint.say("rqd: the working directory: \(String(cString: strerror(errno)))")
            throw ExitStatus.configuration.error
        }
        defer { free(path) }
        return String(cString: path)
    }

    /// Makes a file that others cannot read, for it may hold a password.
    private static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        let bytes = Array(text.utf8)
        guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count, close(file) == 0
        else {
            Complaint.say("rqd: --output \(path): \(String(cString: strerror(errno)))")
            throw ExitStatus.configuration.error
        }
    }
}
