import CLinux
import CSystemd
import Glibc

/// Tries an interpreter the way the stable uses it: lets it import rq and the application.
public enum InterpreterCheck {
    /// Starts the interpreter and imports what a stable would.
    ///
    /// Forks; the process must have one thread.
    ///
    /// - Parameters:
    ///   - python: which interpreter, where, with what preloaded.
    ///   - workerClass: the worker class that is to run in it, if there is one.
    ///   - keyPrefix: the prefix of the keys in Redis, which rq reads from the environment.
    ///   - timeout: how long it may take; after that it is killed.
    /// - Returns: what it has shown.
    public static func finding(
        _ python: PythonConfiguration, workerClass: String? = nil, keyPrefix: String,
        timeout: Duration = .seconds(60)
    ) -> CheckFinding {
        let place = python.directory.map { " in \($0)" } ?? ""
        let subject = "\(python.interpreter)\(place)"
        do {
            let run = try run(python, workerClass, keyPrefix, until: .now() + timeout)
            return finding(subject, ending: run.ending, output: run.output, timeout)
        } catch {
            return CheckFinding(.wrong, "\(subject): \(error)")
        }
    }

    /// Reads what the interpreter left behind.
    ///
    /// - Parameters:
    ///   - subject: the interpreter, as messages name it.
    ///   - ending: its raw wait status; nil when it had to be killed.
    ///   - output: all it wrote.
    ///   - timeout: how long it had.
    /// - Returns: the versions when all went well, else the last line.
    static func finding(
        _ subject: String, ending: Int32?, output: [UInt8], _ timeout: Duration
    ) -> CheckFinding {
        let lines = output.split(separator: UInt8(ascii: "\n")).map {
            PrintableText.of(String(decoding: $0, as: UTF8.self))
        }
        guard let ending else {
            let seconds = timeout.components.seconds
            return CheckFinding(.wrong, "\(subject): not done with its imports in \(seconds) s")
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
        let last = lines.last { !$0.allSatisfy { $0 == " " } }
        return CheckFinding(.wrong, "\(subject): \(last ?? how)")
    }

    private static func run(
        _ python: PythonConfiguration, _ workerClass: String?, _ keyPrefix: String,
        until deadline: MonotonicTime
    ) throws -> (ending: Int32?, output: [UInt8]) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemCallError.last("pipe", "interpreter") }
        let reader = OwnedDescriptor(adopting: ends[0])
        let pid: pid_t
        do {
            // Ours must be closed for the stream to end with the interpreter.
            let writer = OwnedDescriptor(adopting: ends[1])
            let number = writer.number
            pid = try Fork.child(title: "rqd: check", keeping: [number]) {
                start(python, workerClass, keyPrefix, output: number)
            }
        }
        let output = collect(from: reader.number, until: deadline)
        // Whoever is left of it holds the pipe open, or ends now.
        if output == nil { kill(-pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        kill(-pid, SIGKILL)
        return (output == nil ? nil : status, output ?? [])
    }

    /// Everything up to the end of the stream; nil when that does not come in time.
    private static func collect(from reader: Int32, until deadline: MonotonicTime) -> [UInt8]? {
        var output: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = (deadline - MonotonicTime.now()).wholeNanoseconds / 1_000_000
            guard left > 0 else { return nil }
            var wanted = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, Int32(clamping: left)) > 0 else { continue }
            let count = room.withUnsafeMutableBytes { read(reader, $0.baseAddress, $0.count) }
            guard count > 0 else { return output }
            output.append(contentsOf: room[..<count])
            // Only the end is of interest, and a talkative import must not fill our memory.
            if output.count > 1 << 20 { output.removeFirst(output.count - (1 << 16)) }
        }
    }

    /// Becomes the interpreter; returns only when that failed.
    ///
    /// *Child process.*
    private static func start(
        _ python: PythonConfiguration, _ workerClass: String?, _ keyPrefix: String, output: Int32
    ) -> Int32 {
        let nothing = open("/dev/null", O_RDONLY)
        dup2(nothing, 0)
        dup2(output, 1)
        dup2(output, 2)
        if nothing > 2 { close(nothing) }
        if output > 2 { close(output) }
        if let directory = python.directory, chdir(directory) != 0 {
            return complain(.last("chdir", directory))
        }
        setenv("RQ_KEY_PREFIX", keyPrefix, 1)
        for (name, value) in python.environment { setenv(name, value, 1) }
        let script = String(decoding: PackageResources.check_py, as: UTF8.self)
        let path = python.path.isEmpty ? ["."] : python.path
        let arguments =
            [python.interpreter, "-c", script, workerClass ?? "", "\(path.count)"] + path
            + python.preload
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp(python.interpreter, pointers)
        return complain(.last("execvp", python.interpreter))
    }

    private static func complain(_ error: SystemCallError) -> Int32 {
        let line = Array("\(error)\n".utf8)
        _ = write(2, line, line.count)
        return 78
    }
}
