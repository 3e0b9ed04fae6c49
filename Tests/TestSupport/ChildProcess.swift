import CLinux
import Glibc

/// How a process ended.
public enum Ending: Sendable, Equatable, CustomStringConvertible {
    case exited(code: Int32)
    case killed(signal: Int32)

    /// In words.
    public var description: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .killed(let signal): "was killed by signal \(signal)"
        }
    }
}

/// A program that a test started, with its output.
///
/// When its owner lets go of it, it is killed, and with it its process group if it leads one.
/// Its output goes to files, so it never waits for a reader.
public final class ChildProcess {
    /// Its process id.
    public let pid: pid_t
    /// How it ended, once `wait` has seen that.
    public private(set) var ending: Ending?

    private let arguments: [String]
    private let leadsGroup: Bool
    private let pidDescriptor: Int32
    private let streams: CapturedStreams

    /// Starts a program; no signal is blocked or ignored in it, no other descriptor is open.
    ///
    /// - Parameters:
    ///   - arguments: the program, looked up in `PATH` if it has no slash, and its arguments.
    ///   - environment: all of its environment; by default the runner's.
    ///   - directory: where it starts; nil for the runner's.
    ///   - input: what it reads from standard input.
    ///   - mergesErrors: whether standard error goes where standard output goes.
    ///   - ownGroup: whether it leads a new process group.
    /// - Throws: if it cannot be started.
    public init(
        _ arguments: [String], environment: [String: String] = inheritedEnvironment(),
        directory: String? = nil, input: String = "", mergesErrors: Bool = false,
        ownGroup: Bool = true
    ) throws {
        self.arguments = arguments
        leadsGroup = ownGroup
        streams = try CapturedStreams(input: input, mergesErrors: mergesErrors)
        pid = try Spawn.process(
            arguments, environment: environment, directory: directory,
            input: .file(streams.inputPath), output: .file(streams.outputPath),
            errors: mergesErrors ? .sameAsOutput : .file(streams.errorPath), ownGroup: ownGroup)
        pidDescriptor = rqd_pidfd_open(pid)
        try Guardian.watch(ownGroup ? -pid : pid)
        guard pidDescriptor >= 0 else { throw HarnessError("pidfd_open", "\(pid)", errno: errno) }
    }

    deinit {
        kill()
        if pidDescriptor >= 0 { close(pidDescriptor) }
    }

    /// All it has written to standard output so far.
    public var output: String { streams.output }

    /// All it has written to standard error so far.
    public var errorOutput: String { streams.errorOutput }

    /// Sends a signal to it alone; does nothing once it has been reaped.
    ///
    /// - Parameter signal: which one.
    public func send(_ signal: Int32) {
        if ending == nil { _ = rqd_pidfd_send_signal(pidDescriptor, signal) }
    }

    /// Sends a signal to its process group.
    ///
    /// - Parameter signal: which one.
    public func sendToGroup(_ signal: Int32) {
        precondition(leadsGroup, "only the leader of a group has one to signal")
        Glibc.kill(-pid, signal)
    }

    /// Waits for its end.
    ///
    /// - Parameter timeout: how long that may take.
    /// - Returns: how it ended.
    /// - Throws: with its output, when the time is up.
    @discardableResult
    public func wait(timeout: Duration = .seconds(30)) throws -> Ending {
        if let ending { return ending }
        let watch = Stopwatch()
        var state = pollfd(fd: pidDescriptor, events: Int16(POLLIN), revents: 0)
        while poll(&state, 1, (timeout - watch.elapsed).milliseconds) <= 0 {
            guard watch.elapsed < timeout else { throw late("it did not end", timeout) }
        }
        return try reap()
    }

    /// Waits for a line of its output, standard output or standard error.
    ///
    /// - Parameters:
    ///   - text: what the line contains.
    ///   - timeout: how long it may take.
    /// - Returns: the first such line.
    /// - Throws: with its output, when the time is up or it ended without that line.
    @discardableResult
    public func waitForLine(
        containing text: String, timeout: Duration = .seconds(10)
    ) throws -> String {
        let watch = Stopwatch()
        while true {
            let hasEnded = ending != nil || isOver
            if let line = streams.line(containing: text) { return line }
            if hasEnded {
                throw HarnessError("\(arguments) ended before it wrote \"\(text)\":\n\(report)")
            }
            guard watch.elapsed < timeout else { throw late("no \"\(text)\"", timeout) }
            streams.waitForMore(or: pidDescriptor, timeout: timeout - watch.elapsed)
        }
    }

    /// Kills it, and its group if it leads one, and reaps it.
    public func kill() {
        if leadsGroup { Glibc.kill(-pid, SIGKILL) }
        guard ending == nil else { return }
        if !leadsGroup { Glibc.kill(pid, SIGKILL) }
        _ = try? reap()
    }

    /// Whether it has ended, reaped or not.
    private var isOver: Bool {
        var state = pollfd(fd: pidDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, 0) > 0
    }

    private func reap() throws -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw HarnessError("waitpid", "\(pid)", errno: errno) }
        }
        let ending: Ending =
            rqd_exited(status) != 0
            ? .exited(code: rqd_exit_code(status)) : .killed(signal: rqd_term_signal(status))
        self.ending = ending
        try Guardian.forget(leadsGroup ? -pid : pid)
        return ending
    }

    private func late(_ what: String, _ timeout: Duration) -> HarnessError {
        HarnessError("\(arguments): \(what) within \(timeout):\n\(report)")
    }

    private var report: String { "\(output)\(errorOutput)" }
}

/// The environment of the test runner.
///
/// - Returns: a copy.
public func inheritedEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = rqd_environment()
    while let entry = next?.pointee {
        let text = String(cString: entry)
        let name = text.prefix { $0 != "=" }
        variables[String(name)] = String(text.dropFirst(name.count + 1))
        next = next?.advanced(by: 1)
    }
    return variables
}
