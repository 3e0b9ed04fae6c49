import CLinux

/// Tries an interpreter the way the stable uses it: lets it import rq and the application.
public enum InterpreterCheck {
    /// Imports what a pool would, and makes its worker class's object if it has one.
    ///
    /// Forks; the process must have one thread.
    ///
    /// - Parameters:
    ///   - pool: whose interpreter, account and worker class are tried.
    ///   - configuration: it stands in.
    /// - Returns: what it has shown.
    public static func findings(
        of pool: PoolConfiguration, in configuration: Configuration
    ) -> [CheckFinding] {
        var hosted: HostedSettings?
        do throws(RedisSettingError) {
            if let name = pool.hostedClass {
                hosted = try HostedSettings(trying: pool, workerClass: name, in: configuration)
            }
        } catch {
            return [CheckFinding(.wrong, "\(error)")]
        }
        return findings(
            pool.python, as: pool.account, making: hosted,
            keyPrefix: configuration.redis.keyPrefix, isForked: pool.isolation == .fork)
    }

    /// Starts the interpreter and imports what a stable would.
    ///
    /// Forks; the process must have one thread.
    ///
    /// - Parameters:
    ///   - python: which interpreter, where, with what preloaded.
    ///   - account: whose rights it has.
    ///   - hosted: what the worker is made with where the pool has a worker class.
    ///   - key: the key that names the modules, as messages say it.
    ///   - keyPrefix: the prefix of the keys in Redis, which rq reads from the environment.
    ///   - timeout: how long it may take; after that it is killed.
    ///   - isForked: whether it matters what makes forking unsafe.
    /// - Returns: what it has shown: whether all can be imported, and what makes forking unsafe.
    static func findings(
        _ python: PythonConfiguration, as account: JobAccount = JobAccount(),
        making hosted: HostedSettings? = nil, modulesOf key: String = "preload",
        keyPrefix: String, timeout: Duration = .seconds(60), isForked: Bool = true
    ) -> [CheckFinding] {
        let place = python.directory.map { " in \($0)" } ?? ""
        let subject = "\(python.interpreter)\(place)"
        do {
            let path = python.path.isEmpty ? ["."] : python.path
            let run = try InterpreterRun(
                python, as: account, keyPrefix: keyPrefix,
                script: String(
                    decoding: PackageResources.failure_py + PackageResources.connection_py
                        + PackageResources.making_py + PackageResources.forksafety_py
                        + PackageResources.check_py,
                    as: UTF8.self),
                arguments: ["\(StackSurvey.firm)", isForked ? "fork" : "spawn", key]
                    + ["\(path.count)"] + path + python.preload,
                input: hosted?.encoded() ?? [], channel: .output, until: .now() + timeout,
                askingAt: StackSurvey.firm)
            let verdict: CheckFinding.Verdict =
                python.onUnsafeFork == .refuse ? .wrong : .doubtful
            let imports = finding(subject, ending: run.ending, output: run.said, timeout)
            return [imports] + hazards(run.said).map { CheckFinding(verdict, "\(subject): \($0)") }
        } catch {
            return [CheckFinding(.wrong, "\(subject): \(error)")]
        }
    }

    /// Reads what the interpreter left behind.
    ///
    /// - Parameters:
    ///   - subject: the interpreter, as messages name it.
    ///   - ending: its raw wait status; nil when it had to be killed.
    ///   - output: all it wrote.
    ///   - timeout: how long it had.
    /// - Returns: the versions when all went well, else why not, as the script has said it; the
    ///   last line where it said nothing.
    static func finding(
        _ subject: String, ending: Int32?, output: [UInt8], _ timeout: Duration
    ) -> CheckFinding {
        let lines = output.split(separator: UInt8(ascii: "\n")).map {
            PrintableText.of(String(decoding: $0, as: UTF8.self))
        }
        func last(_ mark: String) -> Substring? {
            lines.last { $0.hasPrefix(mark) }?.dropFirst(mark.count)
        }
        guard let ending else {
            let seconds = timeout.components.seconds
            let what = last("rqd-check-loads: ").map { ": \($0)" } ?? ""
            let place = place(in: output)
            return CheckFinding(
                .wrong,
                "\(subject): not done with its imports in \(seconds) s\(what)"
                    + (place.isEmpty ? "" : " is at \(place)"))
        }
        if let failure = last("rqd-check-failed: ") {
            // The same text as a start that fails because of it; it names the interpreter.
            return CheckFinding(.wrong, String(failure))
        }
        let mark = "rqd-check: "
        if ending == 0, let last = lines.last, last.hasPrefix(mark) {
            let versions = last.dropFirst(mark.count).split(separator: " ")
            if versions.count == 2 {
                return CheckFinding(
                    .fine, "\(subject): Python \(versions[0]), rq \(versions[1]), imports work")
            }
        }
        let how =
            rqd_signaled(ending) != 0
            ? "killed by signal \(rqd_term_signal(ending))"
            : "exit status \(rqd_exit_code(ending))"
        let said = lines.last {
            !$0.allSatisfy { $0 == " " } && !$0.hasPrefix("rqd-check-loads: ")
        }
        return CheckFinding(.wrong, "\(subject): \(said ?? how)")
    }

    /// What makes forking the application unsafe, and what helps, a line each.
    static func hazards(_ output: [UInt8]) -> [String] {
        let mark = "rqd-check-unsafe: "
        return output.split(separator: UInt8(ascii: "\n")).compactMap {
            let line = String(decoding: $0, as: UTF8.self)
            guard line.hasPrefix(mark) else { return nil }
            return ForkHazard(line: String(line.dropFirst(mark.count))).map {
                "\($0.summary); \($0.help)"
            }
        }
    }

    /// Where the import was, if it has answered the signal for that; "" otherwise.
    private static func place(in output: [UInt8]) -> String {
        var report = LoadingReport()
        report.read(output + [UInt8(ascii: "\n")])
        return report.place
    }
}
