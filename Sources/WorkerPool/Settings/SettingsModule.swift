import CLinux
import RQ

/// What an RQ settings module says, read once by the application's interpreter.
///
/// Source: RQ 1.16.2 and 3.0.0, `rq/cli/helpers.py` and `rq/cli/workers.py`.
public struct SettingsModule: Sendable, Equatable {
    /// What `DICT_CONFIG` says about the logger of rq's worker.
    public struct WorkerLog: Sendable, Equatable {
        /// The level's name or number, as Python has it.
        var level: String?
        /// The layout of a line.
        var line: String?
        /// The layout of a moment.
        var date: String?
    }

    /// The module, as it was named: a dotted name, or a file.
    public let name: String
    /// Its file.
    public let file: String
    /// What rq reads of it, by name; `DICT_CONFIG` is not in it, for it holds more than JSON can.
    let values: [String: JSON]
    /// What `DICT_CONFIG` says about rq's worker; nil without one.
    public let log: WorkerLog?
    /// Whether its import does more than give names values: jobs descend from where it was imported.
    let doesMore: Bool
    /// What else is in capitals there, which rq does not read either.
    public let others: [String]
    /// Where the values stand.
    private let places: [String: TextPosition]

    /// States what a module says, as tests do.
    init(
        name: String, file: String, values: [String: JSON], log: WorkerLog? = nil,
        doesMore: Bool = false, others: [String] = [], places: [String: TextPosition] = [:]
    ) {
        self.name = name
        self.file = file
        self.values = values
        self.log = log
        self.doesMore = doesMore
        self.others = others
        self.places = places
    }

    /// Where a value stands.
    func origin(of key: String) -> Origin {
        let place = places[key]
        return .file(path: file, line: place?.line ?? 0, column: place?.column ?? 0)
    }

    /// Lets the application's interpreter import the module.
    ///
    /// Forks; the process must have one thread.
    ///
    /// - Parameters:
    ///   - name: a dotted name, or a file: what has a slash or ends in `.py`.
    ///   - python: which interpreter, where, with what path.
    ///   - keyPrefix: the prefix of the keys in Redis, which rq reads from the environment.
    ///   - timeout: how long it may take; after that it is killed.
    /// - Returns: what it says.
    /// - Throws: what is wrong with it.
    public static func read(
        _ name: String, by python: PythonConfiguration, keyPrefix: String,
        timeout: Duration = .seconds(60)
    ) throws(SettingsError) -> SettingsModule {
        let script = PackageResources.settings_py + PackageResources.read_py
        let path = python.path.isEmpty ? ["."] : python.path
        let run: InterpreterRun
        do {
            run = try InterpreterRun(
                python, keyPrefix: keyPrefix, script: String(decoding: script, as: UTF8.self),
                arguments: ["\(InterpreterRun.answerDescriptor)", name] + path, channel: .answer,
                until: .now() + timeout)
        } catch {
            throw SettingsError(module: name, file: nil, line: 0, reason: "\(error)")
        }
        return try SettingsModule(name: name, answer: run.said, ending: run.ending)
    }

    /// Reads what the interpreter answered.
    init(name: String, answer: [UInt8], ending: Int32?) throws(SettingsError) {
        guard let object = JSON(answer)?.object else {
            let how =
                ending.map {
                    rqd_signaled($0) != 0
                        ? "the interpreter was killed by signal \(rqd_term_signal($0))"
                        : "the interpreter exited with status \(rqd_exit_code($0))"
                } ?? "the interpreter did not get through it in time"
            throw SettingsError(module: name, file: nil, line: 0, reason: how)
        }
        if let reason = object["error"]?.string {
            throw SettingsError(
                module: name, file: object["file"]?.string, line: object["line"]?.integer ?? 0,
                reason: PrintableText.of(reason))
        }
        let log = object["log"]?.object.map { log in
            WorkerLog(
                level: log["level"]?.string, line: log["line"]?.string, date: log["date"]?.string)
        }
        let places = (object["places"]?.object ?? [:]).compactMapValues { place in
            let numbers = place.array?.compactMap(\.integer) ?? []
            return numbers.count == 2 ? TextPosition(line: numbers[0], column: numbers[1]) : nil
        }
        self.init(
            name: name, file: object["file"]?.string ?? name,
            values: object["values"]?.object ?? [:], log: log,
            doesMore: object["does_more"] == .bool(true),
            others: object["others"]?.array?.compactMap(\.string) ?? [], places: places)
    }
}

extension JSON {
    /// The whole number, otherwise nil.
    var integer: Int? {
        if case .integer(let number) = self { number } else { nil }
    }
}
