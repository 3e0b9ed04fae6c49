import CLinux
import Glibc
import RedisKit

/// The interpreter that runs a worker class, as the slot's process sees it.
///
/// *Worker process.* The descriptors close with the object.
final class HostedInterpreter {
    /// The process; its group has the same number.
    let pid: Int32
    /// The socket on which it tells what it does.
    let reports: Int32
    /// The reading end of what it prints; nil where it prints to where rqd prints.
    let output: Int32?
    /// The reading end of the pipe into which its threads write their stacks.
    let stacks: Int32

    private var reader = ReplyReader()
    /// How much of a report has come that is not complete yet, in bytes.
    private var unfinishedBytes = 0
    /// A report has a job's description at most.
    private static let longestReport = 64 << 20
    /// Reads in a row: who reports without end does not keep the worker from its other duties.
    private static let mostReads = 64

    /// Forks, and becomes the interpreter in the child.
    ///
    /// - Parameters:
    ///   - assignment: the slot's.
    ///   - settings: what the script is told.
    ///   - printsItself: whether its output goes where rqd's goes.
    /// - Throws: what the operating system refused.
    init(
        _ assignment: WorkerAssignment, _ settings: HostedSettings, printsItself: Bool
    ) throws {
        let json = try settings.encoded()
        let (python, redis) = (assignment.pool.python, assignment.redis)
        let account = assignment.pool.account
        let limits = ProcessLimits(assignment.pool.limits)
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw SystemCallError.last("socketpair", settings.place)
        }
        let socket = pair[1]
        defer { close(socket) }
        reports = pair[0]
        var ends: [Int32] = [-1, -1]
        guard printsItself || pipe(&ends) == 0 else {
            close(reports)
            throw SystemCallError.last("pipe", settings.place)
        }
        output = printsItself ? nil : ends[0]
        let writer = printsItself ? nil : ends[1]
        defer { if let writer { close(writer) } }
        var stackEnds: [Int32] = [-1, -1]
        guard pipe(&stackEnds) == 0 else {
            if let output { close(output) }
            close(reports)
            throw SystemCallError.last("pipe", settings.place)
        }
        stacks = stackEnds[0]
        let stackWriter = stackEnds[1]
        defer { close(stackWriter) }
        let title = "rqd: hosted \(settings.place)"
        pid = try Fork.child(
            title: title, keeping: [socket, writer, stackWriter].compactMap(\.self)
        ) {
            do {
                if let writer, dup2(writer, 1) < 0 || dup2(writer, 2) < 0 {
                    throw SystemCallError.last("dup2", "output")
                }
                if let writer { close(writer) }
                limits.limitOwnOomScore()
                return try Interpreter(python, redis, account).become(
                    "rqd-hosted",
                    source: PackageResources.settings_py + PackageResources.interpreter_py
                        + PackageResources.failure_py
                        + PackageResources.connection_py
                        + PackageResources.spawning_py + PackageResources.stacks_py
                        + PackageResources.making_py + PackageResources.hosted_py,
                    settings: json, descriptors: ["REPORT_FD": socket, "STACK_FD": stackWriter])
            } catch {
                return Self.leave(because: error, python, tellingOn: socket)
            }
        }
        for descriptor in [reports, output, stacks].compactMap(\.self) {
            rqd_set_cloexec(descriptor, 1)
            rqd_set_nonblocking(descriptor)
        }
    }

    /// Tells, in the interpreter's place, that it could not be started.
    private static func leave(
        because error: any Error, _ python: PythonConfiguration, tellingOn socket: Int32
    ) -> Int32 {
        let reason = Interpreter.reason(python, "\(error)")
        var frame: [UInt8] = []
        Command("leaving", .text(HostedLeave.cannot.rawValue), .text(reason)).encode(into: &frame)
        _ = write(socket, frame, frame.count)
        return MasterExit.configuration
    }

    deinit {
        close(reports)
        close(stacks)
        if let output { close(output) }
    }

    /// Sends a signal to the interpreter alone.
    ///
    /// Right until it has been reaped: so long its number is its own.
    func signal(_ number: Int32) { kill(pid, number) }

    /// Hands over each report that has come.
    ///
    /// - Returns: false once no other will come.
    func receive(_ each: (HostedReport) -> Void) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        for _ in 0..<Self.mostReads {
            let count = read(reports, &buffer, buffer.count)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            guard count > 0 else { return false }
            do {
                try buffer[..<count].withUnsafeBytes { bytes in try reader.feed(bytes) }
                unfinishedBytes += count
                while let frame = try reader.next() {
                    unfinishedBytes = 0
                    each(frame.view { HostedReport($0) })
                }
            } catch {
                each(.nonsense("\(error)"))
                return false
            }
            guard unfinishedBytes <= Self.longestReport else {
                each(.nonsense("more than \(Self.longestReport) bytes"))
                return false
            }
        }
        return true
    }
}
