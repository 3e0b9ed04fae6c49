import CLinux
import CSystemd
import Glibc

/// One run of the application's interpreter with a script of ours, and what it said.
struct InterpreterRun {
    /// Where the script says what is wanted.
    enum Channel {
        /// On standard output and standard error.
        case output
        /// On a descriptor of its own, `answerDescriptor`; what the application's modules print
        /// goes to our standard error.
        case answer
    }

    /// The raw wait status; nil when it had to be killed.
    let ending: Int32?
    /// All it said.
    let said: [UInt8]

    /// The descriptor of the channel `answer`.
    static let answerDescriptor: Int32 = 3

    /// Runs the interpreter to its end.
    ///
    /// Forks; the process must have one thread.
    ///
    /// - Parameters:
    ///   - python: which interpreter, where, with what environment.
    ///   - account: whose rights it has.
    ///   - keyPrefix: the prefix of the keys in Redis, which rq reads from the environment.
    ///   - script: the Python code.
    ///   - arguments: what the script finds in `sys.argv[1:]`.
    ///   - input: what the script finds on standard input, for nobody else to see.
    ///   - channel: where the script says what is wanted.
    ///   - deadline: when it is killed.
    ///   - signal: at which the script tells where it is, sent before that; nil for none.
    /// - Throws: why it could not be started.
    init(
        _ python: PythonConfiguration, as account: JobAccount = JobAccount(), keyPrefix: String,
        script: String, arguments: [String], input: [UInt8] = [], channel: Channel,
        until deadline: MonotonicTime, askingAt signal: Int32? = nil
    ) throws {
        let memory = try MemoryFile("check")
        try memory.write(input)
        let source = memory.descriptor
        defer { withExtendedLifetime(memory) {} }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemCallError.last("pipe", "interpreter") }
        let reader = OwnedDescriptor(adopting: ends[0])
        let pid: pid_t
        do {
            // Ours must be closed for the stream to end with the interpreter.
            let writer = OwnedDescriptor(adopting: ends[1])
            let number = writer.number
            pid = try Fork.child(title: "rqd: check", keeping: [number, source]) {
                Self.connect(number, channel, input: source)
                do throws(SystemCallError) {
                    try account.assume()
                } catch {
                    return Self.complain(error)
                }
                ApplicationEnvironment.enter(python, keyPrefix: keyPrefix, of: account)
                return Self.start(python, script, arguments)
            }
        }
        var output: [UInt8] = []
        let isDone = Self.collect(&output, from: reader.number, until: deadline)
        if !isDone, let signal, Self.send(signal, to: pid) {
            _ = Self.collect(&output, from: reader.number, until: .now() + Self.answerTime)
        }
        // Whoever is left of it holds the pipe open, or ends now.
        if !isDone { kill(-pid, SIGKILL) }
        // Its number is its own until it is reaped, and with it its group's.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        ending = isDone ? status : nil
        said = isDone || signal != nil ? output : []
    }

    /// How long the script has to tell where it is.
    private static let answerTime = Duration.milliseconds(500)

    /// Sends a signal, if it is not the end of the process.
    private static func send(_ signal: Int32, to pid: Int32) -> Bool {
        guard let status = ThreadStatus(of: pid, in: pid) else { return false }
        guard status.caught & (1 << UInt64(signal - 1)) != 0 else { return false }
        return rqd_signal_thread(pid, pid, signal) == 0
    }

    /// Everything up to the end of the stream.
    ///
    /// - Returns: false when that does not come in time.
    private static func collect(
        _ output: inout [UInt8], from reader: Int32, until deadline: MonotonicTime
    ) -> Bool {
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = (deadline - MonotonicTime.now()).wholeNanoseconds / 1_000_000
            guard left > 0 else { return false }
            var wanted = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, Int32(clamping: left)) > 0 else { continue }
            let count = room.withUnsafeMutableBytes { read(reader, $0.baseAddress, $0.count) }
            guard count > 0 else { return true }
            output.append(contentsOf: room[..<count])
            // Only the end is of interest, and a talkative import must not fill our memory.
            if output.count > 1 << 20 { output.removeFirst(output.count - (1 << 16)) }
        }
    }

    /// Puts the descriptors where the script looks for them.
    ///
    /// *Child process.*
    private static func connect(_ output: Int32, _ channel: Channel, input: Int32) {
        // It must not be where one of the others goes.
        let copy = fcntl(input, F_DUPFD, answerDescriptor + 1)
        close(input)
        defer {
            dup2(copy, 0)
            close(copy)
        }
        switch channel {
        case .output:
            dup2(output, 1)
            dup2(output, 2)
            if output > 2 { close(output) }
        case .answer:
            dup2(2, 1)
            if output != answerDescriptor {
                dup2(output, answerDescriptor)
                close(output)
            }
        }
    }

    /// Becomes the interpreter; returns only when that failed.
    ///
    /// *Child process.*
    private static func start(
        _ python: PythonConfiguration, _ script: String, _ arguments: [String]
    ) -> Int32 {
        if let directory = python.directory, chdir(directory) != 0 {
            return complain(.last("chdir", directory))
        }
        let program = Interpreter.cleanPath + script
        var pointers = ([python.interpreter, "-c", program] + arguments).map { strdup($0) }
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
